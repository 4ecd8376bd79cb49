import type { Failures } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { Conclusion } from '../../components/conclusion.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { runHref, workflowHref } from '../workflows/links.ts';
import { FailingStep, FirstFailure } from './first-failure.tsx';

type BrokenWorkflow = Failures['broken'][number];

const COLUMNS: readonly [Column<BrokenWorkflow>, ...Column<BrokenWorkflow>[]] = [
  {
    ...{ id: 'name', title: 'Workflow' },
    cell: ({ repository, workflow }) => <Place name={workflow} within={[repository]} />,
  },
  {
    ...({ id: 'since', title: 'Failing for', definition: 'failing_for', isNumber: true } as const),
    sort: (row) => row.failing_since,
    cell: (row) => <Age since={row.failing_since} />,
  },
  {
    ...{ id: 'in_a_row', title: 'In a row', isNumber: true },
    definition: 'consecutive_failures',
    sort: (row) => row.consecutive_failures,
    cell: (row) => formatCount(row.consecutive_failures),
  },
  {
    ...{ id: 'success', title: 'Last success', isNumber: true },
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
    cell: ({ run_id }) => (run_id === null ? null : <a href={runHref(run_id)}>Run {run_id}</a>),
  },
  { id: 'step', title: 'At step', cell: ({ run_id }) => <FailingStep run_id={run_id} /> },
];

/** Workflows whose default branch fails now, whatever the window is. */
export function Broken({ workflows }: { readonly workflows: Failures['broken'] }) {
  if (workflows.length === 0)
    return (
      <p class="all-good">
        <Conclusion value="success" isShort /> No default branch fails now.
      </p>
    );
  const { length } = workflows;
  const title = length === 1 ? 'One workflow fails' : `${formatCount(length)} workflows fail`;
  return (
    <Card
      title={`${title} on ${length === 1 ? 'its default branch' : 'their default branches'} now`}
      isFlush
      note="Whatever the window is: those without a success since they failed."
    >
      <DataTable
        caption="Default branches that fail now"
        columns={COLUMNS}
        rows={workflows}
        keyOf={({ repository, workflow, run_id }) => JSON.stringify([repository, workflow, run_id])}
        hrefOf={workflowHref}
        defaultSort="since"
        sortParameter="broken_sort"
      />
    </Card>
  );
}
