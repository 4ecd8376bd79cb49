import type { RunAttempt } from '../../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { Conclusion } from '../../components/conclusion.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Loaded } from '../../components/states.tsx';
import { Age, Duration } from '../../components/time.tsx';
import { runHref, runsHref } from './links.ts';

const SHOWN = 20;

const COLUMNS: readonly [Column<RunAttempt>, ...Column<RunAttempt>[]] = [
  {
    ...{ id: 'run', title: 'Run' },
    cell: ({ run_number, run_id, run_attempt }) =>
      `#${run_number ?? run_id}${run_attempt > 1 ? ` · attempt ${run_attempt}` : ''}`,
  },
  {
    ...{ id: 'conclusion', title: 'Conclusion' },
    cell: ({ conclusion }) => <Conclusion value={conclusion ?? 'unknown'} />,
  },
  {
    ...({ id: 'duration', title: 'Duration', definition: 'duration', isNumber: true } as const),
    cell: (run) => <Duration seconds={run.duration_seconds} />,
  },
  {
    ...{ id: 'branch', title: 'Branch' },
    cell: ({ branch_name, branch }) => (
      <span class="cut" title={branch_name ?? branch}>
        {branch_name ?? branch}
      </span>
    ),
  },
  { ...{ id: 'event', title: 'Event', isWideOnly: true }, cell: ({ event }) => event.replaceAll('_', ' ') },
  {
    ...{ id: 'ended', title: 'Ended', isNumber: true },
    cell: ({ completed_at }) => (
      <span>
        <Age since={completed_at} /> ago
      </span>
    ),
  },
  {
    ...{ id: 'github', title: 'At GitHub' },
    cell: ({ url }) => (
      <a href={url} target="_blank" rel="noreferrer">
        GitHub
      </a>
    ),
  },
];

/** The runs of a workflow that ended last in the window. */
export function LatestRuns({
  place,
}: {
  readonly place: { readonly repository: string; readonly workflow: string };
}) {
  const asked = useViewAnswer('runs', { status: 'completed', limit: SHOWN });
  return (
    <Card title="Latest runs" isFlush actions={<a href={runsHref(place)}>All runs</a>}>
      <Loaded of={asked} isEmpty={({ runs }) => runs.length === 0}>
        {({ runs }) => (
          <DataTable
            caption="Latest runs"
            columns={COLUMNS}
            rows={runs}
            keyOf={({ run_id, run_attempt }) => `${run_id}/${run_attempt}`}
            hrefOf={({ run_id }) => runHref(run_id)}
            sortParameter="runs_sort"
          />
        )}
      </Loaded>
    </Card>
  );
}
