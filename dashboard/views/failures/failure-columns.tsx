import type { FailureRow } from '../../../src/domain/openapi-types.ts';
import type { Column } from '../../components/data-table/data-table.tsx';
import { JobLinks } from '../../components/job-links.tsx';
import { Place } from '../../components/place.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { CAUSES } from './causes.ts';
import { reasonName } from './reasons.ts';

type Columns = readonly [Column<FailureRow>, ...Column<FailureRow>[]];

/** The columns of the table of failures. The service sorts by their ids. */
export function columnsFor(hasReasons: boolean): Columns {
  return hasReasons ? COLUMNS : (COLUMNS.filter(({ id }) => id !== 'reason') as unknown as Columns);
}

const COLUMNS: Columns = [
  {
    ...{ id: 'name', title: 'Step' },
    cell: ({ step, repository, workflow, job_name }) => (
      <Place name={step ?? 'No failed step'} within={[job_name, workflow, repository]} />
    ),
  },
  {
    ...({ id: 'cause', title: 'Cause', definition: 'cause' } as const),
    cell: ({ cause }) => <span class="cause">{CAUSES[cause].name}</span>,
  },
  {
    ...({ id: 'reason', title: 'Reason', definition: 'reason' } as const),
    cell: ({ reason, exit_code }) =>
      reason === null ? (
        ''
      ) : (
        <a
          class="cause"
          href={linkTo({ own: { reason, exit_code: exit_code === null ? null : String(exit_code) } })}
        >
          {reasonName(reason, exit_code)}
        </a>
      ),
  },
  {
    ...({ id: 'count', title: 'Failures', definition: 'failed_jobs', isNumber: true } as const),
    sort: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
  },
  {
    ...({ id: 'new', title: 'New', definition: 'new_failure' } as const),
    cell: (row) => (row.new === true ? <span class="badge">new</span> : row.new === null ? '–' : ''),
  },
  {
    ...{ id: 'first_at', title: 'First', isNumber: true },
    sort: (row) => row.first_at,
    cell: (row) => (
      <span>
        <Age since={row.first_at} isShort /> ago
      </span>
    ),
  },
  {
    ...{ id: 'last_at', title: 'Last', isNumber: true },
    sort: (row) => row.last_at,
    cell: (row) => (
      <span>
        <Age since={row.last_at} isShort /> ago
      </span>
    ),
  },
  {
    ...{ id: 'runs_behind', title: 'Latest, ago' },
    cell: ({ runs }) => <JobLinks jobs={runs} />,
  },
];
