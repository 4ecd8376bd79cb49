import type { Runners } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';

type Idle = Runners['idle_while_waiting'][number];

const COLUMNS: readonly [Column<Idle>, ...Column<Idle>[]] = [
  { id: 'runs_on', title: 'Jobs for', cell: ({ runs_on }) => runs_on },
  {
    ...({ id: 'queued', title: 'Wait', definition: 'queued', isNumber: true } as const),
    cell: ({ queued }) => formatCount(queued),
  },
  {
    ...{ id: 'group', title: 'While idle in' },
    cell: ({ runner_group, owner }) => `${runner_group} (${owner})`,
  },
  {
    ...({ id: 'idle', title: 'Idle runners', isNumber: true } as const),
    cell: ({ idle }) => formatCount(idle),
  },
];

/** What should not be: jobs that wait for runners that do nothing. */
export function IdleTable({ idle }: { readonly idle: readonly Idle[] }) {
  return (
    <Card
      title="Jobs wait while runners are idle"
      definition="idle_while_waiting"
      note="Look at the labels of the group, at its access to the repository, and whether its runners can still take jobs."
      isFlush
    >
      <DataTable
        caption="Jobs that wait while runners are idle"
        columns={COLUMNS}
        rows={idle}
        keyOf={({ owner, runs_on, runner_group }) => `${owner} ${runs_on} ${runner_group}`}
        hrefOf={({ runs_on }) =>
          linkTo({ path: '/', filters: { runs_on: [runs_on] }, own: { tab: 'queued' } })
        }
        sortParameter="idle"
      />
    </Card>
  );
}
