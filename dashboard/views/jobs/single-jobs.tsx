import type { Job } from '../../../src/domain/openapi-types.ts';
import { type Pages, usePages } from '../../answers/use-pages.ts';
import { Card } from '../../components/card.tsx';
import { Conclusion } from '../../components/conclusion.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { More } from '../../components/more.tsx';
import { Place } from '../../components/place.tsx';
import { Loaded } from '../../components/states.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { address } from '../../state/navigation.ts';
import { runHref } from '../workflows/links.ts';

const DEFAULT_SORT = '-completed_at';

/* The service sorts by the ids of these columns. */
const COLUMNS: readonly [Column<Job>, ...Column<Job>[]] = [
  {
    ...{ id: 'name', title: 'Job' },
    cell: ({ name, workflow, repository }) => <Place name={name} within={[workflow, repository]} />,
  },
  {
    ...{ id: 'conclusion', title: 'Conclusion' },
    cell: ({ conclusion }) => <Conclusion value={conclusion ?? 'unknown'} />,
  },
  {
    ...({ id: 'queue_seconds', title: 'Queue time', definition: 'queue_time', isNumber: true } as const),
    sort: (job) => job.queue_seconds,
    cell: (job) => <Duration seconds={job.queue_seconds} />,
  },
  {
    ...({ id: 'duration_seconds', title: 'Duration', definition: 'duration', isNumber: true } as const),
    sort: (job) => job.duration_seconds,
    cell: (job) => <Duration seconds={job.duration_seconds} />,
  },
  {
    ...{ id: 'completed_at', title: 'Ended', isNumber: true },
    sort: (job) => job.completed_at,
    cell: (job) => <Time at={job.completed_at} />,
  },
  {
    ...{ id: 'runs_on', title: 'Runs on' },
    cell: (job) => (
      <span class="cut" title={job.runs_on}>
        {job.runs_on}
      </span>
    ),
  },
  {
    ...{ id: 'links', title: 'More' },
    cell: ({ job_id, url }) => (
      <span class="links">
        <a href={url} target="_blank" rel="noreferrer">
          GitHub
        </a>
        <a href={`/api/v1/explain?job=${job_id}`} target="_blank" rel="noreferrer">
          Explain
        </a>
      </span>
    ),
  },
];

/** For a list whose order can't be chosen. */
const UNSORTED = COLUMNS.map(({ sort: _, ...column }) => column) as unknown as typeof COLUMNS;

/** Single jobs that ended in the window: what the numbers of other views are made of. */
export function SingleJobs() {
  const sort = address.value.own['sort'] ?? DEFAULT_SORT;
  const pages = usePages('jobs', { status: 'completed', sort }, { isExported: true });
  const note = 'Those that ended in this window. A row leads to its run.';
  return <JobList {...{ title: 'Single jobs', note, pages, columns: COLUMNS }} />;
}

/** Jobs that failed: those of one cause, step and reason, if the address names them. */
export function FailedJobs() {
  const { cause = null, failed_step = null, no_step = null } = address.value.own;
  const { reason = null, exit_code = null, no_reason = null } = address.value.own;
  const asked = { cause, failed_step, no_step, reason, exit_code, no_reason };
  const pages = usePages('failureJobs', asked, { isExported: true });
  const note = 'The latest first; a row leads to its run.';
  return <JobList {...{ title: 'Jobs that failed', note, pages, columns: UNSORTED }} />;
}

interface JobListProps {
  readonly title: string;
  readonly note: string;
  readonly pages: Pages<'jobs'> | Pages<'failureJobs'>;
  readonly columns: typeof COLUMNS;
}

function JobList({ title, note, pages, columns }: JobListProps) {
  const rows = [...new Map(pages.all.flatMap(({ jobs }) => jobs).map((job) => [job.job_id, job])).values()];
  return (
    <Loaded of={pages.first} isEmpty={({ jobs }) => jobs.length === 0}>
      {() => (
        <Card title={title} isFlush note={note}>
          <DataTable
            caption={title}
            columns={columns}
            rows={rows}
            keyOf={({ job_id }) => job_id}
            hrefOf={({ run_id }) => runHref(run_id)}
            defaultSort={DEFAULT_SORT}
            isSortedByService
          />
          <More of={pages} />
        </Card>
      )}
    </Loaded>
  );
}
