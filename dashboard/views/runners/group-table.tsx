import type { Runners } from '../../../src/domain/openapi-types.ts';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Age } from '../../components/time.tsx';
import { linkTo } from '../../state/navigation.ts';
import { countColumn, nameColumn, STATE_COLUMNS } from './state-columns.tsx';

type Group = Runners['groups'][number];

const COLUMNS: readonly [Column<Group>, ...Column<Group>[]] = [
  nameColumn('Runner group', ({ runner_group }) => runner_group),
  ...STATE_COLUMNS,
  countColumn('in_progress', 'Jobs running', ({ jobs_running }) => jobs_running),
  {
    ...({ id: 'last_idle', title: 'Last idle', definition: 'last_idle', isNumber: true } as const),
    sort: ({ last_idle_at }) => (last_idle_at === null ? null : Date.parse(last_idle_at)),
    cell: ({ last_idle_at, online, busy }) => (online > busy ? 'now' : <Age since={last_idle_at} isShort />),
  },
];

/** Self-hosted runners, the fullest group first. Each leads to the jobs that run on it. */
export function GroupTable({ groups }: { readonly groups: readonly Group[] }) {
  return (
    <DataTable
      caption="Self-hosted runners by group"
      columns={COLUMNS}
      rows={groups}
      keyOf={({ owner, runner_group }) => `${owner} ${runner_group}`}
      hrefOf={({ runner_group }) =>
        linkTo({ path: '/', filters: { runner_group: [runner_group] }, own: { tab: 'in_progress' } })
      }
      defaultSort="-saturation"
    />
  );
}
