import type { BrokenWorkflow } from '../../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../../answers/rows-of-pages.ts';
import { usePages } from '../../answers/use-pages.ts';
import { Card } from '../../components/card.tsx';
import { Conclusion } from '../../components/conclusion.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { More } from '../../components/more.tsx';
import { Place } from '../../components/place.tsx';
import { Loaded } from '../../components/states.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { address } from '../../state/navigation.ts';
import { runHref, workflowHref } from '../workflows/links.ts';

const SORT_PARAMETER = 'broken_sort';
const DEFAULT_SORT = 'failing_since';

/* The service sorts by the ids of these columns. */
const COLUMNS: readonly [Column<BrokenWorkflow>, ...Column<BrokenWorkflow>[]] = [
  {
    ...{ id: 'name', title: 'Workflow' },
    cell: ({ repository, workflow }) => <Place name={workflow} within={[repository]} />,
  },
  {
    ...({ id: 'failing_since', title: 'Failing for', definition: 'failing_for', isNumber: true } as const),
    sort: (row) => row.failing_since,
    cell: (row) => <Age since={row.failing_since} />,
  },
  {
    ...{ id: 'consecutive_failures', title: 'In a row', isNumber: true },
    definition: 'consecutive_failures',
    sort: (row) => row.consecutive_failures,
    cell: (row) => formatCount(row.consecutive_failures),
  },
  {
    ...{ id: 'last_success_at', title: 'Last success', isNumber: true },
    sort: (row) => row.last_success_at,
    cell: (row) =>
      row.last_success_at === null ? (
        'none known'
      ) : (
        <span>
          <Age since={row.last_success_at} /> ago
        </span>
      ),
  },
  { id: 'first', title: 'First failure', cell: (row) => <FirstFailure {...row} /> },
  {
    ...{ id: 'run', title: 'Last failure' },
    cell: ({ last_failure: last }) =>
      last === null ? null : <a href={runHref(last.run_id)}>#{last.run_number ?? last.run_id}</a>,
  },
  { id: 'step', title: 'At step', cell: (row) => <FailingStep {...row} /> },
];

/** The run since which it fails: what it ran for is where to look. */
function FirstFailure({ first_failure: run }: BrokenWorkflow) {
  if (run === null) return null;
  return (
    <a href={runHref(run.run_id)}>
      #{run.run_number ?? run.run_id}
      {run.head_sha !== null && <code> {run.head_sha.slice(0, 7)}</code>}
    </a>
  );
}

/** The job and the step that failed in the latest run; of one without such a job, how it ended. */
function FailingStep({ last_failure: last }: BrokenWorkflow) {
  if (last === null) return null;
  const { job, run_id, conclusion } = last;
  if (job === null) return <span>{(conclusion ?? 'no job').replaceAll('_', ' ')}</span>;
  const { job_id, name, step } = job;
  return (
    <a class="cut" href={`${runHref(run_id)}?job=${job_id}`} title={`${name}: ${step ?? ''}`}>
      {step ?? name}
      {step !== null && <div class="faint">{name}</div>}
    </a>
  );
}

/** Not all is well where nothing is known. */
function NoneFails({ known }: { readonly known: number }) {
  if (known === 0) return <p class="faint">No run of a default branch is known here.</p>;
  return (
    <p class="all-good">
      <Conclusion value="success" isShort /> No default branch fails now.
    </p>
  );
}

/** Workflows whose default branch fails now, whatever the window is. */
export function Broken() {
  const pages = usePages('brokenWorkflows', { sort: address.value.own[SORT_PARAMETER] ?? DEFAULT_SORT });
  const rows = uniqueRows<BrokenWorkflow>(pages, keyOf);
  return (
    <Loaded of={pages.first}>
      {({ groups, known }) =>
        groups === 0 ? (
          <NoneFails known={known} />
        ) : (
          <Card
            title={titleOf(groups)}
            isFlush
            note="Whatever the window is: those without a success since they failed."
          >
            <DataTable
              caption="Default branches that fail now"
              columns={COLUMNS}
              rows={rows}
              keyOf={keyOf}
              hrefOf={workflowHref}
              defaultSort={DEFAULT_SORT}
              sortParameter={SORT_PARAMETER}
              isSortedByService
            />
            <More of={pages} note={partOf(rows.length, groups, 'workflows')} />
          </Card>
        )
      }
    </Loaded>
  );
}

function titleOf(count: number): string {
  return count === 1
    ? 'One workflow fails on its default branch now'
    : `${formatCount(count)} workflows fail on their default branches now`;
}

/** Two files may have the same name. */
function keyOf({ repository, workflow, last_failure }: BrokenWorkflow): string {
  return JSON.stringify([repository, workflow, last_failure?.run_id]);
}
