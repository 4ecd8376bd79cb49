import type { JobSummaryRow } from '../../../src/domain/openapi-types.ts';
import type { Column } from '../../components/data-table/data-table.tsx';
import { JobLinks } from '../../components/job-links.tsx';
import { Figure, Place } from '../../components/place.tsx';
import { Duration } from '../../components/time.tsx';
import { formatCount, formatPercent } from '../../format/number.ts';
import { FAILURES, failuresHref, flakyHref, jobsHref } from '../workflows/links.ts';
import {
  durationColumns,
  passRateColumn,
  QUEUE_COLUMN,
  totalTimeColumn,
} from '../workflows/shared-columns.tsx';

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

const PASS_RATE: JobColumn = passRateColumn(jobsHref);

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
  totalTimeColumn((row) => jobsHref(row, [], '-duration_seconds')),
  RUNS,
  PASS_RATE,
  ...durationColumns(jobsHref),
  QUEUE_COLUMN,
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
