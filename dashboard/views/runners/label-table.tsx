import type { Runners } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { Saturation } from './saturation.tsx';

type Label = Runners['labels'][number];

const COLUMNS: readonly [Column<Label>, ...Column<Label>[]] = [
  {
    ...{ id: 'label', title: 'Label' },
    sort: ({ label }) => label,
    cell: ({ label, owner }) => <Place name={label} within={[owner]} />,
  },
  count('online', 'Online'),
  count('busy', 'Busy'),
  count('offline', 'Offline'),
  {
    ...({ id: 'saturation', title: 'Saturation', definition: 'saturation', isNumber: true } as const),
    sort: ({ saturation }) => saturation,
    cell: ({ saturation }) => <Saturation ratio={saturation} />,
  },
];

/** Self-hosted runners by label. Each leads to the jobs that ask for it. */
export function LabelTable({ labels }: { readonly labels: readonly Label[] }) {
  return (
    <Card
      title="Self-hosted runners by label"
      note="A runner is counted in each of its labels, so these do not add up."
      isFlush
    >
      <DataTable
        caption="Self-hosted runners by label"
        columns={COLUMNS}
        rows={labels}
        keyOf={({ owner, label }) => `${owner} ${label}`}
        hrefOf={({ label }) => linkTo({ path: '/', filters: { label: [label] }, own: { tab: 'queued' } })}
        defaultSort="-saturation"
        sortParameter="label_sort"
      />
    </Card>
  );
}

function count(id: 'online' | 'busy' | 'offline', title: string): Column<Label> {
  const cell = (label: Label) => formatCount(label[id]);
  return { id, title, definition: id, isNumber: true, sort: (label) => label[id], cell };
}
