import type { Load, Now, NowGroup } from '../../../src/domain/openapi-types.ts';
import { gridOf, onGrid } from '../../answers/grid.ts';
import { addressParameters, useAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { Age } from '../../components/time.tsx';
import { NOTHING } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { Wait } from './wait.tsx';

/** A percentile of fewer values says less than the values. */
const FEW = 5;
const LAST_HOUR = { from: '-1h', to: null, step: '1m', by: 'runs_on', limit: 500 };

/** What waits and runs by the labels that jobs ask for, the longest wait first. A row is a filter. */
export function LabelTable({ now }: { readonly now: Now }) {
  const { answer: load } = useAnswer(
    'load',
    { ...addressParameters('load'), ...LAST_HOUR },
    { everySeconds: 60 },
  );
  return (
    <Card title="By runner label" isFlush>
      <DataTable
        caption="Jobs by what they run on"
        columns={columnsOf(now, load)}
        rows={now.groups}
        keyOf={({ runs_on }) => runs_on}
        hrefOf={({ runs_on }) => linkTo({ filters: { runs_on: [runs_on] } })}
        sortParameter="labels"
      />
    </Card>
  );
}

function columnsOf(now: Now, load: Load | null): readonly [Column<NowGroup>, ...Column<NowGroup>[]] {
  const sparks = sparksOf(load);
  const hasStale = now.totals.stale > 0;
  return [
    { id: 'runs_on', title: 'Runs on', cell: ({ runs_on }) => runs_on, sort: ({ runs_on }) => runs_on },
    countColumn('queued', 'Queued', 'queued'),
    {
      ...({ id: 'oldest', title: 'Oldest wait', definition: 'oldest_wait', isNumber: true } as const),
      sort: ({ oldest_queued_at: at }) => (at === null ? null : -Date.parse(at)),
      cell: ({ oldest_queued_at: at }) => (at === null ? NOTHING : <Age since={at} />),
    },
    {
      ...({
        id: 'p50',
        title: 'Wait p50',
        definition: 'wait_now',
        isNumber: true,
        isWideOnly: true,
      } as const),
      sort: ({ wait_p50 }) => wait_p50,
      cell: (group) => <Middle group={group} now={now} />,
    },
    {
      ...({ id: 'p95', title: 'Wait p95', definition: 'percentile', isNumber: true } as const),
      sort: ({ wait_p95, queued }) => (queued < FEW ? null : wait_p95),
      cell: ({ wait_p95, queued }) => (queued < FEW ? NOTHING : <Wait seconds={wait_p95} at={now.now} />),
    },
    {
      ...({ id: 'spark', title: 'Queued, last hour', isWideOnly: true } as const),
      cell: ({ runs_on }) => <LastHour values={sparks.get(runs_on)} />,
    },
    countColumn('in_progress', 'Running', 'in_progress'),
    { ...countColumn('waiting', 'Approval', 'waiting'), isWideOnly: true },
    ...(hasStale ? [countColumn('stale', 'Stale', 'stale')] : []),
  ];
}

function countColumn(
  id: 'queued' | 'waiting' | 'in_progress' | 'stale',
  title: string,
  definition: 'queued' | 'waiting' | 'in_progress' | 'stale',
): Column<NowGroup> {
  const cell = (group: NowGroup) => (group[id] === 0 ? <span class="faint">0</span> : formatCount(group[id]));
  return { id, title, definition, isNumber: true, sort: (group) => group[id], cell };
}

/** The middle of the waits; of few, all of them. */
function Middle({ group, now }: { readonly group: NowGroup; readonly now: Now }) {
  const { runs_on, queued, wait_p50 } = group;
  if (queued === 0) return <>{NOTHING}</>;
  const own = now.jobs.filter((job) => job.runs_on === runs_on && isQueued(job.status));
  if (queued >= FEW || own.length < queued) return <Wait seconds={wait_p50} at={now.now} />;
  return (
    <span class="waits">
      {own.map(({ job_id, since }, index) => (
        <span key={job_id}>
          <Age since={since} />
          {index < own.length - 1 && ', '}
        </span>
      ))}
    </span>
  );
}

function isQueued(status: string): boolean {
  return status === 'queued' || status === 'requested';
}

function LastHour({ values = [] }: { readonly values?: readonly number[] | undefined }) {
  if (!values.some((value) => value > 0)) return null;
  const label = `Most queued in the last hour: ${Math.max(...values)}; now ${values.at(-1)}`;
  return <Sparkline values={values} label={label} />;
}

/** The most that were queued in each minute, by what they run on. */
function sparksOf(load: Load | null): ReadonlyMap<string, readonly number[]> {
  if (load === null) return new Map();
  const grid = gridOf(load.window);
  return new Map(
    load.series.map(({ runs_on = '', points }) => [runs_on, onGrid(grid, points, 2, 0)] as const),
  );
}
