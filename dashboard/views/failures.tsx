import type { Cause, FailureRow, Failures } from '../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../answers/use-answer.ts';
import { useMore } from '../answers/use-more.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { Empty, Loaded, NothingMatches } from '../components/states.tsx';
import { printFilters } from '../state/address.ts';
import { address } from '../state/navigation.ts';
import { Broken } from './failures/broken.tsx';
import { CauseChart } from './failures/cause-chart.tsx';
import { CauseTiles } from './failures/cause-tiles.tsx';
import { FAILURE_COLUMNS } from './failures/failure-columns.tsx';
import { FAILURES, jobsHref } from './workflows/links.ts';

const DEFAULT_SORT = '-count';

/** Which default branches fail now, and what failed in the window. */
export function View() {
  const { sort = DEFAULT_SORT, cause = null } = address.value.own;
  const parameters = { sort, cause };
  const asked = useViewAnswer('failures', parameters, { isExported: true });
  return (
    <Loaded of={asked}>
      {(answer) => (
        <div class="stack">
          <Broken workflows={answer.broken} />
          <InWindow answer={answer} parameters={parameters} />
        </div>
      )}
    </Loaded>
  );
}

interface InWindowProps {
  readonly answer: Failures;
  readonly parameters: { readonly sort: string; readonly cause: string | null };
}

function InWindow({ answer, parameters }: InWindowProps) {
  const cause = parameters.cause as Cause | null;
  if (answer.total === 0 && cause === null) {
    if (printFilters(address.value.filters).length > 0 && answer.broken.length > 0) return <NothingMatches />;
    return (
      <Empty title="Nothing failed">
        No job has failed in this window. Choose a longer one to look further back.
      </Empty>
    );
  }
  return (
    <>
      <CauseTiles answer={answer} chosen={cause} />
      <CauseChart answer={answer} />
      <FailureTable answer={answer} parameters={parameters} />
    </>
  );
}

function FailureTable({ answer, parameters }: InWindowProps) {
  const more = useMore<FailureRow>('failures', parameters, answer, keyOf);
  return (
    <Card
      title="What failed"
      isFlush
      note="Failures of the same step of the same job for the same cause are one row. Each leads to the jobs of its name that failed."
    >
      <DataTable
        caption="What failed"
        columns={FAILURE_COLUMNS}
        rows={more.rows}
        keyOf={keyOf}
        hrefOf={(row) => jobsHref(row, FAILURES)}
        defaultSort={DEFAULT_SORT}
        isSortedByService
      />
      <MoreRows of={more} total={answer.groups} noun="kinds of failure" />
    </Card>
  );
}

function keyOf({ repository, workflow, job_name, step, cause }: FailureRow): string {
  return JSON.stringify([repository, workflow, job_name, step, cause]);
}
