import type { JobSummaryRow, WorkflowRow } from '../../../src/domain/openapi-types.ts';
import type { Column } from '../../components/data-table/data-table.tsx';
import { PassRate } from '../../components/pass-rate.tsx';
import { P50, P95 } from '../../components/percentile.tsx';
import { Figure } from '../../components/place.tsx';
import { Duration } from '../../components/time.tsx';
import { FAILURES, jobsHref } from './links.ts';

/* Columns that the tables of workflows and of job names share. The service sorts by their ids. */

type Row = WorkflowRow | JobSummaryRow;
/** The runs, or the jobs, that a number is made of. */
type HrefOf = typeof jobsHref;

/** The share of what passed, which leads to what failed. */
export function passRateColumn(hrefOf: HrefOf): Column<Row> {
  return {
    ...({ id: 'pass_rate', title: 'Pass rate', definition: 'pass_rate', isNumber: true } as const),
    sort: (row) => row.pass_rate,
    cell: (row) => (
      <Figure href={hrefOf(row, FAILURES)}>
        <PassRate ratio={row.pass_rate} />
      </Figure>
    ),
  };
}

/** How long what passed took: p50 and p95. */
export function durationColumns(hrefOf: HrefOf): readonly Column<Row>[] {
  const longest = (row: Row) => hrefOf(row, ['success'], '-duration_seconds');
  return [
    {
      ...({ id: 'p50', title: 'p50', definition: 'duration', isNumber: true } as const),
      sort: ({ p50 }) => p50,
      cell: (row) => <P50 row={row} href={longest(row)} />,
    },
    {
      ...({ id: 'p95', title: 'p95', definition: 'percentile', isNumber: true } as const),
      sort: ({ p95 }) => p95,
      cell: (row) => <P95 row={row} href={longest(row)} />,
    },
  ];
}

/** How long jobs waited for a runner. */
export const QUEUE_COLUMN: Column<Row> = {
  ...({ id: 'queue_p95', title: 'Queue p95', definition: 'queue_time', isNumber: true } as const),
  sort: (row) => row.queue_p95,
  cell: (row) => (
    <Figure href={jobsHref(row, [], '-queue_seconds')}>
      <Duration seconds={row.queue_p95} />
    </Figure>
  ),
};

/** How long all of it took on runners. */
export function totalTimeColumn(hrefOf: (row: Row) => string): Column<Row> {
  return {
    ...({ id: 'total_seconds', title: 'Total time', definition: 'total_time', isNumber: true } as const),
    sort: (row) => row.total_seconds,
    cell: (row) => (
      <Figure href={hrefOf(row)}>
        <Duration seconds={row.total_seconds} />
      </Figure>
    ),
  };
}
