import type { StepRow, WorkflowSteps } from '../../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../../answers/rows-of-pages.ts';
import { usePages } from '../../answers/use-pages.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { More } from '../../components/more.tsx';
import { P50, P95 } from '../../components/percentile.tsx';
import { Figure, Place } from '../../components/place.tsx';
import { Loaded } from '../../components/states.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { address, linkTo } from '../../state/navigation.ts';
import { jobsHref } from './links.ts';

interface WorkflowPlace {
  readonly repository: string;
  readonly workflow: string;
}

const SHOWN = 8;
const DEFAULT_SORT = '-p50';
const SORT_PARAMETER = 'steps_sort';
/** The steps of every job of the window are read for it. */
const EVERY_SECONDS = 120;

/** Which steps take longest in the jobs of a workflow. Each leads to the job in which it took longest. */
export function SlowestSteps({ place: { repository, workflow } }: { readonly place: WorkflowPlace }) {
  const sort = address.value.own[SORT_PARAMETER] ?? DEFAULT_SORT;
  const parameters = { repository, workflow, sort, limit: SHOWN };
  const pages = usePages('workflowSteps', parameters, { everySeconds: EVERY_SECONDS });
  const rows = uniqueRows<StepRow>(pages, keyOf);
  return (
    <Loaded of={pages.first}>
      {(answer) =>
        answer.groups === 0 ? null : (
          <Card title="Slowest steps" definition="steps" note={<Note answer={answer} />} isFlush>
            <DataTable
              caption="Slowest steps"
              columns={columnsOf({ repository, workflow })}
              rows={rows}
              keyOf={keyOf}
              hrefOf={({ slowest: { run_id, job_id } }) =>
                linkTo({ path: `/runs/${run_id}`, filters: {}, own: { job: String(job_id) } })
              }
              defaultSort={DEFAULT_SORT}
              sortParameter={SORT_PARAMETER}
              isSortedByService
            />
            <More of={pages} note={partOf(rows.length, answer.groups, 'steps')} />
          </Card>
        )
      }
    </Loaded>
  );
}

/** Of how many jobs: steps are kept for a shorter time than jobs. */
function Note({ answer: { jobs, steps_from, window } }: { readonly answer: WorkflowSteps }) {
  const isPart = steps_from !== null && Date.parse(steps_from) > Date.parse(window.from);
  return (
    <>
      Of {formatCount(jobs)} {jobs === 1 ? 'job' : 'jobs'}
      {isPart && (
        <>
          ; steps are kept since <Time at={steps_from} />
        </>
      )}
      . A row leads to the run in which the step took longest.
    </>
  );
}

function keyOf({ job_name, step }: StepRow): string {
  return JSON.stringify([job_name, step]);
}

/* The service sorts by the ids of these columns. */
function columnsOf(place: WorkflowPlace): readonly [Column<StepRow>, ...Column<StepRow>[]] {
  const jobs = ({ job_name }: StepRow) => jobsHref({ ...place, job_name }, [], '-duration_seconds');
  return [
    {
      ...{ id: 'step', title: 'Step' },
      cell: ({ step, job_name }) => <Place name={step} within={[job_name]} />,
    },
    {
      ...({ id: 'p50', title: 'p50', definition: 'step_duration', isNumber: true } as const),
      sort: ({ p50 }) => p50,
      cell: (row) => <P50 row={{ ...row, change: null }} href={jobs(row)} />,
    },
    {
      ...({ id: 'p95', title: 'p95', definition: 'percentile', isNumber: true } as const),
      sort: ({ p95 }) => p95,
      cell: (row) => <P95 row={{ ...row, change: null }} href={jobs(row)} />,
    },
    {
      ...{ id: 'max', title: 'Longest', isNumber: true },
      sort: ({ max }) => max,
      cell: ({ max }) => <Duration seconds={max} />,
    },
    {
      ...{ id: 'total_seconds', title: 'Total time', isNumber: true },
      sort: (row) => row.total_seconds,
      cell: (row) => <Duration seconds={row.total_seconds} />,
    },
    {
      ...{ id: 'count', title: 'Times', isNumber: true },
      sort: ({ count }) => count,
      cell: (row) => <Figure href={jobs(row)}>{formatCount(row.count)}</Figure>,
    },
  ];
}
