import type { ServiceStatus } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';

type Limit = ServiceStatus['github'][number];

const COLUMNS: readonly [Column<Limit>, ...Column<Limit>[]] = [
  { id: 'credential', title: 'Login', cell: ({ credential }) => credential },
  { id: 'resource', title: 'Resource', cell: ({ resource }) => resource },
  {
    ...({ id: 'remaining', title: 'Requests left', isNumber: true } as const),
    cell: ({ remaining }) => formatCount(remaining),
  },
  {
    ...({ id: 'limit', title: 'Of', isNumber: true } as const),
    cell: ({ limit }) => formatCount(limit),
  },
  {
    ...({ id: 'resets', title: 'All again at', isNumber: true } as const),
    cell: ({ resets_at }) => <Time at={resets_at} />,
  },
];

/** How much GitHub's API may still be asked. */
export function Limits({ limits }: { readonly limits: readonly Limit[] }) {
  return (
    <Card title="Rate limits of GitHub" isFlush>
      <DataTable
        caption="Rate limits of GitHub"
        columns={COLUMNS}
        rows={limits}
        keyOf={({ credential, resource }) => `${credential} ${resource}`}
      />
    </Card>
  );
}
