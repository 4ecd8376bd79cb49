import { useEffect, useState } from 'preact/hooks';
import type { Run, WorkflowRow } from '../../../src/domain/openapi-types.ts';
import { fetchAnswer } from '../../answers/fetch-answer.ts';
import { questionUrl } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { Duration } from '../../components/time.tsx';
import { linkTo } from '../../state/navigation.ts';
import { type StepTime, stepTimes } from './step-times.ts';

/** So many runs are read, one after the other. */
const RUNS = 8;
const SHOWN = 8;

const COLUMNS: readonly [Column<StepTime>, ...Column<StepTime>[]] = [
  {
    ...{ id: 'step', title: 'Step' },
    cell: ({ step, jobName }) => <Place name={step} within={[jobName]} />,
  },
  {
    ...({ id: 'median', title: 'Median', definition: 'steps', isNumber: true } as const),
    cell: ({ median }) => <Duration seconds={median} />,
  },
  { id: 'longest', title: 'Longest', isNumber: true, cell: ({ longest }) => <Duration seconds={longest} /> },
  { id: 'count', title: 'Times', isNumber: true, cell: ({ count }) => count },
];

/** Which steps take longest in the latest successful runs of a workflow. Each leads to its longest. */
export function SlowestSteps({ strip }: Pick<WorkflowRow, 'strip'>) {
  const ids = strip.filter(([conclusion]) => conclusion === 'success').map(([, , runId]) => runId);
  const runs = useRuns(ids.slice(-RUNS));
  const steps = stepTimes(runs)
    .filter(({ longest }) => longest > 0)
    .slice(0, SHOWN);
  if (steps.length === 0) return null;
  const of = runs.length === 1 ? 'the latest successful run' : `the latest ${runs.length} successful runs`;
  return (
    <Card
      title="Slowest steps"
      note={`Of ${of}. A row leads to the run in which the step took longest.`}
      isFlush
    >
      <DataTable
        caption="Slowest steps"
        columns={COLUMNS}
        rows={steps}
        keyOf={({ step, jobName }) => JSON.stringify([jobName, step])}
        hrefOf={({ runId, jobId }) =>
          linkTo({ path: `/runs/${runId}`, filters: {}, own: { job: String(jobId) } })
        }
        sortParameter="steps_sort"
      />
    </Card>
  );
}

/** Those of the runs that could be read. */
function useRuns(ids: readonly number[]): readonly Run[] {
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const key = ids.join();
  useEffect(() => {
    const control = new AbortController();
    void readRuns(ids, control.signal).then((read) => control.signal.aborted || setRuns(read));
    return () => control.abort();
  }, [key]);
  return runs;
}

async function readRuns(ids: readonly number[], signal: AbortSignal): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const id of ids) {
    try {
      runs.push(await fetchAnswer<Run>(questionUrl('run', { id }), signal));
    } catch {
      // One that is forgotten meanwhile, or an end of the view.
      if (signal.aborted) break;
    }
  }
  return runs;
}
