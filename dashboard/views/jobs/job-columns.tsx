import type { JobSummaryRow } from '../../../src/domain/openapi-types.ts';
import type { Column } from '../../components/data-table/data-table.tsx';
import { JobLinks } from '../../components/job-links.tsx';
import { PassRate } from '../../components/pass-rate.tsx';
import { P50, P95 } from '../../components/percentile.tsx';
import { Figure, Place } from '../../components/place.tsx';
import { Duration } from '../../components/time.tsx';
import { formatCount, formatPercent } from '../../format/number.ts';
import { FAILURES, failuresHref, flakyHref, jobsHref } from '../workflows/links.ts';

/* The columns of the tables of job names. The service sorts by their ids. */

type JobColumn = Column<JobSummaryRow>;

const NAME: JobColumn = {
  ...{ id: 'repository', title: 'Job' },
  sort: ({ repository }) => repository,
  cell: ({ repository, workflow, job_name }) => <Place name={job_name} within={[workflow, repository]} />,
};

const RUNS: JobColumn = {
  ...({ id: 'runs', title: 'Jobs', definition: 'jobs', isNumber: true } as const),
  sort: ({ runs }) => runs,
  cell: (row) => <Figure href={jobsHref(row)}>{formatCount(row.runs)}</Figure>,
};

const PASS_RATE: JobColumn = {
  ...({ id: 'pass_rate', title: 'Pass rate', definition: 'pass_rate', isNumber: true } as const),
  sort: (row) => row.pass_rate,
  cell: (row) => (
    <Figure href={jobsHref(row, FAILURES)}>
      <PassRate ratio={row.pass_rate} />
    </Figure>
  ),
};

const FLAKY: JobColumn = {
  ...({ id: 'flaky', title: 'Flaky', definition: 'flaky', isNumber: true } as const),
  sort: ({ flaky }) => flaky,
  cell: (row) =>
    row.flaky === 0 ? (
      <span class="faint">0</span>
    ) : (
      <Figure href={flakyHref(row)}>{formatCount(row.flaky)}</Figure>
    ),
};

const WASTED: JobColumn = {
  ...({ id: 'wasted_seconds', title: 'Wasted', definition: 'wasted', isNumber: true } as const),
  sort: (row) => row.wasted_seconds,
  cell: (row) =>
    row.wasted_seconds === 0 ? (
      <span class="faint">0 s</span>
    ) : (
      <Figure href={jobsHref(row, FAILURES, '-duration_seconds')}>
        <Duration seconds={row.wasted_seconds} />
      </Figure>
    ),
};

export const JOB_COLUMNS: readonly [JobColumn, ...JobColumn[]] = [
  NAME,
  {
    ...({ id: 'total_seconds', title: 'Total time', definition: 'total_time', isNumber: true } as const),
    sort: (row) => row.total_seconds,
    cell: (row) => (
      <Figure href={jobsHref(row, [], '-duration_seconds')}>
        <Duration seconds={row.total_seconds} />
      </Figure>
    ),
  },
  RUNS,
  PASS_RATE,
  {
    ...({ id: 'p50', title: 'p50', definition: 'duration', isNumber: true } as const),
    sort: ({ p50 }) => p50,
    cell: (row) => <P50 row={row} href={jobsHref(row, ['success'], '-duration_seconds')} />,
  },
  {
    ...({ id: 'p95', title: 'p95', definition: 'percentile', isNumber: true } as const),
    sort: ({ p95 }) => p95,
    cell: (row) => <P95 row={row} href={jobsHref(row, ['success'], '-duration_seconds')} />,
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
    ...({ id: 'failures', title: 'Failures by cause', definition: 'cause' } as const),
    cell: (row) => <Causes row={row} />,
  },
  FLAKY,
  WASTED,
];

export const FLAKY_COLUMNS: readonly [JobColumn, ...JobColumn[]] = [
  NAME,
  FLAKY,
  {
    ...({ id: 'flaky_rate', title: 'Rate', definition: 'flaky_rate', isNumber: true } as const),
    sort: (row) => row.flaky_rate,
    cell: (row) => formatPercent(row.flaky_rate),
  },
  WASTED,
  RUNS,
  PASS_RATE,
  {
    ...{ id: 'flaky_jobs', title: 'Latest, ago' },
    cell: (row) => <JobLinks jobs={row.flaky_jobs} />,
  },
];

/** The causes that there were, each with its count. */
function Causes({ row }: { readonly row: JobSummaryRow }) {
  const found = Object.entries(row.failures).filter(([, count]) => count > 0);
  if (found.length === 0) return <span class="faint">none</span>;
  return (
    <a class="causes" href={failuresHref(row)}>
      {found
        .sort(([, a], [, b]) => b - a)
        .map(([cause, count]) => (
          <span key={cause}>
            {formatCount(count)} {cause.replaceAll('_', ' ')}
          </span>
        ))}
    </a>
  );
}
