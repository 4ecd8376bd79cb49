import type { QueueGroup, Queues } from '../../../src/domain/openapi-types.ts';
import { gridOf, onGrid } from '../../answers/grid.ts';
import { Change } from '../../components/change.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { Duration } from '../../components/time.tsx';
import { formatDuration } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { groupWord } from '../../state/grouping.ts';
import { linkTo } from '../../state/navigation.ts';
import { openBehind } from './behind.ts';
import { BY_WORDS, type By, isFew, nameOf } from './group.ts';

export const DEFAULT_SORT = '-total_seconds';

/** All groups, in the order that the service gave them. Each row leads to its jobs. */
export function QueueTable({ answer }: { readonly answer: Queues }) {
  const { by, summary } = answer;
  const word = groupWord(answer, BY_WORDS);
  return (
    <DataTable
      caption={`Queue times by ${by === 'repository_label' ? word : word.toLowerCase()}`}
      columns={columnsOf(answer)}
      rows={summary}
      keyOf={(group) => nameOf(by, group)}
      hrefOf={(group) => linkTo(openBehind(by, group))}
      defaultSort={DEFAULT_SORT}
      isSortedByService
    />
  );
}

type Columns = readonly [Column<QueueGroup>, ...Column<QueueGroup>[]];

function columnsOf(answer: Queues): Columns {
  const { by, window, series } = answer;
  const times = gridOf(window);
  const pointsOf = new Map(series.map((each) => [nameOf(by, each), each.points]));
  const trendOf = (group: QueueGroup) => onGrid(times, pointsOf.get(nameOf(by, group)) ?? [], 3, null);
  return [
    { id: 'name', title: groupWord(answer, BY_WORDS), cell: (group) => <Name by={by} group={group} /> },
    {
      id: 'count',
      title: 'Jobs',
      definition: 'count',
      isNumber: true,
      sort: ({ count }) => count,
      cell: ({ count }) => formatCount(count),
    },
    percentile('p50', 'percentile'),
    percentile('p95'),
    percentile('p99'),
    {
      id: 'max',
      title: 'Max',
      definition: 'max',
      isNumber: true,
      sort: ({ max }) => max,
      cell: (group) => (isFew(group) ? <Values group={group} /> : <Duration seconds={group.max} />),
    },
    {
      id: 'total_seconds',
      title: 'Total',
      definition: 'total_queue_time',
      isNumber: true,
      sort: ({ total_seconds }) => total_seconds,
      cell: ({ total_seconds }) => <Duration seconds={total_seconds} />,
    },
    {
      id: 'change',
      title: 'Change of p95',
      definition: 'change',
      isNumber: true,
      cell: (group) => <Change of={isFew(group) ? null : group.change} unit="seconds" better="lower" />,
    },
    {
      id: 'trend',
      title: 'p95 over time',
      isWideOnly: true,
      cell: (group) => <Sparkline values={trendOf(group)} label={`p95 ${formatDuration(group.p95)}`} />,
    },
  ];
}

function percentile(id: 'p50' | 'p95' | 'p99', definition?: 'percentile'): Column<QueueGroup> {
  return {
    id,
    title: id,
    ...(definition !== undefined && { definition }),
    isNumber: true,
    sort: (group) => group[id],
    cell: (group) => <Duration seconds={isFew(group) ? null : group[id]} />,
  };
}

/** Workflows have the same few names in many repositories. */
function Name({ by, group }: { readonly by: By; readonly group: QueueGroup }) {
  if (by !== 'workflow') return <>{group[by]}</>;
  return (
    <>
      {group.workflow}
      <div class="faint">{group.repository}</div>
    </>
  );
}

/** Of fewer than five. */
function Values({ group: { values } }: { readonly group: QueueGroup }) {
  return (
    <span title="All of them: there are fewer than five">
      {(values ?? []).map(formatDuration).join(', ')}
    </span>
  );
}
