import type { RunAttempt } from '../../src/domain/openapi-types.ts';
import { usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { Conclusion } from '../components/conclusion.tsx';
import { type Column, DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Place } from '../components/place.tsx';
import { Loaded } from '../components/states.tsx';
import { Duration, Time } from '../components/time.tsx';
import { address, linkTo } from '../state/navigation.ts';

function nameOf({ repository, workflow, run_number, run_attempt }: RunAttempt) {
  const number = run_number === null ? '' : ` #${run_number}`;
  const attempt = run_attempt > 1 ? [`attempt ${run_attempt}`] : [];
  return <Place name={`${workflow}${number}`} within={[repository, ...attempt]} />;
}

const COLUMNS: readonly [Column<RunAttempt>, ...Column<RunAttempt>[]] = [
  { id: 'run', title: 'Run', cell: nameOf },
  {
    ...{ id: 'conclusion', title: 'Conclusion' },
    cell: ({ conclusion, status }) => <Conclusion value={conclusion ?? status} />,
  },
  {
    ...{ id: 'branch', title: 'Branch', isWideOnly: true },
    cell: ({ branch_name, branch }) => <span class="cut">{branch_name ?? branch}</span>,
  },
  {
    id: 'event',
    title: 'Event',
    isWideOnly: true,
    cell: ({ event }) => <span class="cut">{event.replaceAll('_', ' ')}</span>,
  },
  {
    ...({ id: 'completed_at', title: 'Ended', isNumber: true } as const),
    sort: ({ completed_at }) => completed_at,
    cell: ({ completed_at }) => <Time at={completed_at} />,
  },
  {
    ...({ id: 'queue_seconds', title: 'Queue time', definition: 'queue_time', isNumber: true } as const),
    sort: ({ queue_seconds }) => queue_seconds,
    cell: ({ queue_seconds }) => <Duration seconds={queue_seconds} />,
  },
  {
    ...({ id: 'duration_seconds', title: 'Duration', definition: 'duration', isNumber: true } as const),
    sort: ({ duration_seconds }) => duration_seconds,
    cell: ({ duration_seconds }) => <Duration seconds={duration_seconds} />,
  },
  {
    ...{ id: 'github', title: 'GitHub' },
    cell: ({ url }) => (
      <a href={url} target="_blank" rel="noreferrer">
        Open
      </a>
    ),
  },
];

const NEWEST_FIRST = '-completed_at';

/** The runs that ended in the window, newest first: what numbers of other views lead to. */
export function View() {
  const sort = address.value.own['sort'] ?? NEWEST_FIRST;
  const pages = usePages('runs', { status: 'completed', sort }, { isExported: true });
  return (
    <Loaded of={pages.first} isEmpty={({ runs }) => runs.length === 0}>
      {() => (
        <Card title="Runs that ended" definition="runs" isFlush>
          <DataTable
            caption="Runs that ended"
            columns={COLUMNS}
            rows={unique(pages.all.flatMap(({ runs }) => runs))}
            keyOf={keyOf}
            hrefOf={({ run_id, run_attempt }) =>
              linkTo({ path: `/runs/${run_id}`, own: { attempt: String(run_attempt) } })
            }
            defaultSort={NEWEST_FIRST}
            isSortedByService
          />
          <More of={pages} />
        </Card>
      )}
    </Loaded>
  );
}

function keyOf({ run_id, run_attempt }: RunAttempt): string {
  return `${run_id} ${run_attempt}`;
}

/** Pages overlap when runs have ended since the first was loaded. */
function unique(runs: readonly RunAttempt[]): RunAttempt[] {
  return Array.from(new Map(runs.map((run) => [keyOf(run), run])).values());
}
