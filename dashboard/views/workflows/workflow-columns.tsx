import type { WorkflowRow } from '../../../src/domain/openapi-types.ts';
import { Conclusion } from '../../components/conclusion.tsx';
import type { Column } from '../../components/data-table/data-table.tsx';
import { PassRate } from '../../components/pass-rate.tsx';
import { P50, P95 } from '../../components/percentile.tsx';
import { Figure, Place } from '../../components/place.tsx';
import { Strip } from '../../components/strip.tsx';
import { Age, Duration } from '../../components/time.tsx';
import { formatCount, formatMoney } from '../../format/number.ts';
import { costHref, FAILURES, jobNamesHref, jobsHref, runHref, runsHref } from './links.ts';

/** The columns of the table of workflows. The service sorts by their ids. */
export const WORKFLOW_COLUMNS: readonly [Column<WorkflowRow>, ...Column<WorkflowRow>[]] = [
  {
    ...{ id: 'repository', title: 'Workflow' },
    sort: ({ repository }) => repository,
    cell: ({ repository, workflow }) => <Place name={workflow} within={[repository]} />,
  },
  {
    ...({ id: 'strip', title: 'Last 60 runs', definition: 'strip' } as const),
    cell: ({ strip }) => <Strip runs={strip} hrefOf={runHref} />,
  },
  {
    ...({ id: 'runs', title: 'Runs', definition: 'runs', isNumber: true } as const),
    sort: ({ runs }) => runs,
    cell: (row) => (
      <Figure href={runsHref(row)} note={<Reruns {...row} />}>
        {formatCount(row.runs)}
      </Figure>
    ),
  },
  {
    ...({ id: 'pass_rate', title: 'Pass rate', definition: 'pass_rate', isNumber: true } as const),
    sort: (row) => row.pass_rate,
    cell: (row) => (
      <Figure href={runsHref(row, FAILURES)}>
        <PassRate ratio={row.pass_rate} />
      </Figure>
    ),
  },
  {
    ...({ id: 'p50', title: 'p50', definition: 'duration', isNumber: true } as const),
    sort: ({ p50 }) => p50,
    cell: (row) => <P50 row={row} href={runsHref(row, ['success'], '-duration_seconds')} />,
  },
  {
    ...({ id: 'p95', title: 'p95', definition: 'percentile', isNumber: true } as const),
    sort: ({ p95 }) => p95,
    cell: (row) => <P95 row={row} href={runsHref(row, ['success'], '-duration_seconds')} />,
  },
  {
    ...({ id: 'queue_p95', title: 'Queue p95', definition: 'queue_time', isNumber: true } as const),
    sort: (row) => row.queue_p95,
    cell: (row) => (
      <Figure href={jobsHref(row, [], '-queue_seconds')}>
        <Duration seconds={row.queue_p95} />
      </Figure>
    ),
  },
  {
    ...({ id: 'total_seconds', title: 'Total time', definition: 'total_time', isNumber: true } as const),
    sort: (row) => row.total_seconds,
    cell: (row) => (
      <Figure href={jobNamesHref(row)}>
        <Duration seconds={row.total_seconds} />
      </Figure>
    ),
  },
  {
    ...({ id: 'cost_dollars', title: 'Cost', definition: 'cost', isNumber: true } as const),
    sort: (row) => row.cost_dollars,
    cell: (row) => <Figure href={costHref(row)}>{formatMoney(row.cost_dollars)}</Figure>,
  },
  {
    ...{ id: 'consecutive_failures', title: 'Last run', isNumber: true },
    definition: 'consecutive_failures',
    sort: (row) => row.consecutive_failures,
    cell: (row) => <LastRun row={row} />,
  },
];

function Reruns({ reruns }: Pick<WorkflowRow, 'reruns'>) {
  if (reruns === 0) return null;
  return (
    <span class="faint">
      {formatCount(reruns)} {reruns === 1 ? 're-run' : 're-runs'}
    </span>
  );
}

/** How and when the last run ended, and how many of the default branch failed since the latest success. */
function LastRun({ row: { last, consecutive_failures: inARow } }: { readonly row: WorkflowRow }) {
  return (
    <span class="figure">
      {last === null ? (
        <span class="faint">–</span>
      ) : (
        <a class="last-run" href={runHref(last.run_id)}>
          <Conclusion value={last.conclusion} isShort />
          <Age since={last.at} />
        </a>
      )}
      {inARow !== null && inARow > 0 && <span class="in-a-row">{formatCount(inARow)} ✕ on default</span>}
    </span>
  );
}
