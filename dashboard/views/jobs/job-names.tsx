import type { JobSummaryRow, JobsSummary } from '../../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../../answers/use-answer.ts';
import { useMore } from '../../answers/use-more.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { MoreRows } from '../../components/more-rows.tsx';
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
  const parameters = { sort, ...(isFlaky ? { flaky: 'true' } : {}) };
  const asked = useViewAnswer('jobsSummary', parameters, { isExported });
  return (
    <Loaded of={asked}>
      {(answer) => {
        if (answer.groups === 0) return isFlaky ? <NoneFlaky /> : <NothingMatches />;
        const table = { title, answer, parameters, isFlaky, defaultSort, sortParameter };
        return <JobTable {...table} />;
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
  readonly answer: JobsSummary;
  readonly parameters: { readonly sort: string };
  readonly isFlaky: boolean;
  readonly defaultSort: string;
  readonly sortParameter: string;
}

function JobTable({ title, answer, parameters, isFlaky, defaultSort, sortParameter }: JobTableProps) {
  const more = useMore<JobSummaryRow>('jobsSummary', parameters, answer, keyOf);
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
          rows={more.rows}
          keyOf={keyOf}
          hrefOf={jobsHref}
          defaultSort={defaultSort}
          sortParameter={sortParameter}
          isSortedByService
        />
      </div>
      <MoreRows of={more} total={answer.groups} noun="names" />
    </Card>
  );
}

function keyOf({ repository, workflow, job_name }: JobSummaryRow): string {
  return JSON.stringify([repository, workflow, job_name]);
}
