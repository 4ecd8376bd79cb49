import type { FailureRow, Failures } from '../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../answers/rows-of-pages.ts';
import { type Pages, usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Empty, Loaded } from '../components/states.tsx';
import { printFilters } from '../state/address.ts';
import { address } from '../state/navigation.ts';
import { Broken } from './failures/broken.tsx';
import { CauseChart } from './failures/cause-chart.tsx';
import { CauseTiles } from './failures/cause-tiles.tsx';
import { columnsFor } from './failures/failure-columns.tsx';
import { type Narrowed, narrowedTo } from './failures/narrowed.ts';
import { failedJobsHref } from './workflows/links.ts';

const DEFAULT_SORT = '-count';
const NOT_READ =
  ' Reasons, such as an exit code, are not read from GitHub: that needs github.annotations, and a login there.';

/** Which default branches fail now, and what failed in the window. */
export function View() {
  const { sort = DEFAULT_SORT } = address.value.own;
  const narrowed = narrowedTo();
  const pages = usePages('failures', { sort, ...narrowed }, { isExported: true });
  return (
    <Loaded of={pages.first}>
      {(answer) => (
        <div class="stack">
          <Broken />
          <InWindow answer={answer} pages={pages} narrowed={narrowed} />
        </div>
      )}
    </Loaded>
  );
}

interface InWindowProps {
  readonly answer: Failures;
  readonly pages: Pages<'failures'>;
  readonly narrowed: Narrowed;
}

function InWindow({ answer, pages, narrowed }: InWindowProps) {
  const isFiltered = printFilters(address.value.filters).length > 0;
  if (answer.total === 0 && Object.values(narrowed).every((each) => each === null))
    return (
      <Empty title="Nothing failed">
        {isFiltered ? 'No job that fits the filters' : 'No job'} has failed in this window. A longer one looks
        further back.
      </Empty>
    );
  return (
    <>
      <CauseTiles answer={answer} narrowed={narrowed} />
      <CauseChart answer={answer} />
      <FailureTable answer={answer} pages={pages} />
    </>
  );
}

function FailureTable({ answer, pages }: Omit<InWindowProps, 'narrowed'>) {
  const { groups, reasons_read: isRead } = answer;
  const rows = uniqueRows<FailureRow>(pages, keyOf);
  return (
    <Card
      title="What failed"
      isFlush
      note={`One row for each step of a job, each cause and each reason. It leads to the jobs that failed so.${isRead ? '' : NOT_READ}`}
    >
      <DataTable
        caption="What failed"
        columns={columnsFor(isRead || rows.some(({ reason }) => reason !== null))}
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
