import type { JobSummaryRow } from '../../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../../answers/rows-of-pages.ts';
import { type Pages, usePages } from '../../answers/use-pages.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { More } from '../../components/more.tsx';
import { Empty, Loaded, NothingMatches } from '../../components/states.tsx';
import { address } from '../../state/navigation.ts';
import { jobsHref } from '../workflows/links.ts';
import { FLAKY_COLUMNS, JOB_COLUMNS } from './job-columns.tsx';

interface JobNamesProps {
  readonly title: string;
  readonly isFlaky?: boolean;
  readonly isExported?: boolean;
  /** Of the address. */
  readonly sortParameter?: string;
}

/** The jobs of each name, or those that were flaky. */
export function JobNames({
  title,
  isFlaky = false,
  isExported = false,
  sortParameter = 'sort',
}: JobNamesProps) {
  const defaultSort = isFlaky ? '-wasted_seconds' : '-total_seconds';
  const sort = address.value.own[sortParameter] ?? defaultSort;
  const pages = usePages('jobsSummary', { sort, ...(isFlaky ? { flaky: 'true' } : {}) }, { isExported });
  return (
    <Loaded of={pages.first}>
      {({ groups }) => {
        if (groups === 0) return isFlaky ? <NoneFlaky /> : <NothingMatches />;
        return <JobTable {...{ title, pages, groups, isFlaky, defaultSort, sortParameter }} />;
      }}
    </Loaded>
  );
}

function NoneFlaky() {
  return (
    <Empty title="No flaky job">
      In this window, no job that failed has succeeded on the same commit when it was run again.
    </Empty>
  );
}

interface JobTableProps {
  readonly title: string;
  readonly pages: Pages<'jobsSummary'>;
  readonly groups: number;
  readonly isFlaky: boolean;
  readonly defaultSort: string;
  readonly sortParameter: string;
}

function JobTable({ title, pages, groups, isFlaky, defaultSort, sortParameter }: JobTableProps) {
  const rows = uniqueRows<JobSummaryRow>(pages, keyOf);
  return (
    <Card
      title={title}
      isFlush
      {...(isFlaky ? { definition: 'flaky' as const } : {})}
      note="Jobs of a matrix have one name. A row leads to its single jobs, a number to those behind it."
    >
      <div class={isFlaky ? undefined : 'workflow-table'}>
        <DataTable
          caption={title}
          columns={isFlaky ? FLAKY_COLUMNS : JOB_COLUMNS}
          rows={rows}
          keyOf={keyOf}
          hrefOf={jobsHref}
          defaultSort={defaultSort}
          sortParameter={sortParameter}
          isSortedByService
        />
      </div>
      <More of={pages} note={partOf(rows.length, groups, 'names')} />
    </Card>
  );
}

function keyOf({ repository, workflow, job_name }: JobSummaryRow): string {
  return JSON.stringify([repository, workflow, job_name]);
}
