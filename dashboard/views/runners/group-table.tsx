import type { Runners } from '../../../src/domain/openapi-types.ts';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { Saturation } from './saturation.tsx';

type Group = Runners['groups'][number];

const COLUMNS: readonly [Column<Group>, ...Column<Group>[]] = [
  {
    ...{ id: 'group', title: 'Runner group' },
    sort: ({ runner_group }) => runner_group,
    cell: ({ runner_group, owner }) => <Place name={runner_group} within={[owner]} />,
  },
  count('online', 'Online', 'online'),
  count('busy', 'Busy', 'busy'),
  {
    ...({ id: 'idle', title: 'Idle', definition: 'idle', isNumber: true } as const),
    sort: ({ online, busy }) => online - busy,
    cell: ({ online, busy }) => formatCount(online - busy),
  },
  count('offline', 'Offline', 'offline'),
  count('jobs_running', 'Jobs running', 'in_progress'),
  {
    ...({ id: 'saturation', title: 'Saturation', definition: 'saturation', isNumber: true } as const),
    sort: ({ saturation }) => saturation,
    cell: ({ saturation }) => <Saturation ratio={saturation} />,
  },
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

function count(
  id: 'online' | 'busy' | 'offline' | 'jobs_running',
  title: string,
  definition: 'online' | 'busy' | 'offline' | 'in_progress',
): Column<Group> {
  const cell = (group: Group) => formatCount(group[id]);
  return { id, title, definition, isNumber: true, sort: (group) => group[id], cell };
}
