import type { Cause, FailureRow, Failures } from '../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../answers/rows-of-pages.ts';
import { type Pages, usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Empty, Loaded } from '../components/states.tsx';
import { printFilters } from '../state/address.ts';
import { address, linkTo } from '../state/navigation.ts';
import { Broken } from './failures/broken.tsx';
import { CauseChart } from './failures/cause-chart.tsx';
import { CauseTiles } from './failures/cause-tiles.tsx';
import { FAILURE_COLUMNS } from './failures/failure-columns.tsx';
import { reasonName } from './failures/reasons.ts';
import { failedJobsHref } from './workflows/links.ts';

const DEFAULT_SORT = '-count';

/** Which default branches fail now, and what failed in the window. */
export function View() {
  const { sort = DEFAULT_SORT, cause = null, reason = null } = address.value.own;
  const pages = usePages('failures', { sort, cause, reason }, { isExported: true });
  return (
    <Loaded of={pages.first}>
      {(answer) => (
        <div class="stack">
          <Broken />
          <InWindow answer={answer} pages={pages} cause={cause as Cause | null} reason={reason} />
        </div>
      )}
    </Loaded>
  );
}

interface InWindowProps {
  readonly answer: Failures;
  readonly pages: Pages<'failures'>;
  readonly cause: Cause | null;
  readonly reason: string | null;
}

function InWindow({ answer, pages, cause, reason }: InWindowProps) {
  const isFiltered = printFilters(address.value.filters).length > 0;
  if (answer.total === 0 && cause === null && reason === null)
    return (
      <Empty title="Nothing failed">
        {isFiltered ? 'No job that fits the filters' : 'No job'} has failed in this window. A longer one looks
        further back.
      </Empty>
    );
  return (
    <>
      {reason !== null && (
        <p class="only-reason">
          Only those with the reason “{reasonName(reason)}”.{' '}
          <a href={linkTo({ own: { reason: null } })}>Show all reasons</a>
        </p>
      )}
      <CauseTiles answer={answer} chosen={cause} />
      <CauseChart answer={answer} />
      <FailureTable groups={answer.groups} pages={pages} />
    </>
  );
}

function FailureTable({ groups, pages }: { readonly groups: number; readonly pages: Pages<'failures'> }) {
  const rows = uniqueRows<FailureRow>(pages, keyOf);
  return (
    <Card
      title="What failed"
      isFlush
      note="One row for each step of a job, each cause and each reason. It leads to the jobs that failed so."
    >
      <DataTable
        caption="What failed"
        columns={FAILURE_COLUMNS}
        rows={rows}
        keyOf={keyOf}
        hrefOf={(row) => failedJobsHref(row, row)}
        defaultSort={DEFAULT_SORT}
        isSortedByService
      />
      <More of={pages} note={partOf(rows.length, groups, 'rows')} />
    </Card>
  );
}

function keyOf({ repository, workflow, job_name, step, cause, reason, exit_code }: FailureRow): string {
  return JSON.stringify([repository, workflow, job_name, step, cause, reason, exit_code]);
}
