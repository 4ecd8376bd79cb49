import type { ServiceStatus } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Age, Duration } from '../../components/time.tsx';
import { NOTHING } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';

type Receiver = ServiceStatus['receivers'][number];

const COLUMNS: readonly [Column<Receiver>, ...Column<Receiver>[]] = [
  { id: 'name', title: 'Receiver', cell: ({ name }) => name },
  {
    ...({ id: 'waiting', title: 'Waiting', isNumber: true } as const),
    cell: ({ waiting_samples: samples, waiting_spans: spans }) =>
      spans === null ? `${formatCount(samples)} samples` : `${formatCount(spans)} spans`,
  },
  {
    ...({ id: 'oldest', title: 'For', isNumber: true } as const),
    cell: ({ oldest_age_seconds: age }) => <Duration seconds={age} />,
  },
  {
    ...({ id: 'sent', title: 'Last accepted', isNumber: true } as const),
    cell: ({ last_sent_at: at }) =>
      at === null ? (
        NOTHING
      ) : (
        <>
          <Age since={at} /> ago
        </>
      ),
  },
  { id: 'problem', title: 'Problem', cell: ({ problem }) => problem ?? '' },
];

/** Where samples and spans are sent to. */
export function Receivers({ receivers }: { readonly receivers: readonly Receiver[] }) {
  return (
    <Card title="Receivers" isFlush>
      <DataTable caption="Receivers" columns={COLUMNS} rows={receivers} keyOf={({ name }) => name} />
    </Card>
  );
}
