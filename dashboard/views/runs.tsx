import type { DefinitionId } from '../../src/domain/definitions.ts';
import type { RunAttempt } from '../../src/domain/openapi-types.ts';
import type { Parameters } from '../answers/fetch-answer.ts';
import { usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { Conclusion } from '../components/conclusion.tsx';
import { type Column, DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Place } from '../components/place.tsx';
import { Empty, Loaded } from '../components/states.tsx';
import { Tabs } from '../components/tabs.tsx';
import { Duration, Time } from '../components/time.tsx';
import { address, linkTo } from '../state/navigation.ts';

function nameOf({ repository, workflow, run_number, run_attempt }: RunAttempt) {
  const number = run_number === null ? '' : ` #${run_number}`;
  const attempt = run_attempt > 1 ? [`attempt ${run_attempt}`] : [];
  return <Place name={`${workflow}${number}`} within={[repository, ...attempt]} />;
}

type Columns = readonly [Column<RunAttempt>, ...Column<RunAttempt>[]];

const FIRST: Columns = [
  { id: 'run', title: 'Run', cell: nameOf },
  {
    ...{ id: 'conclusion', title: 'Conclusion' },
    cell: ({ conclusion, status }) => <Conclusion value={conclusion ?? status} />,
  },
  {
    ...{ id: 'branch', title: 'Branch', isWideOnly: true },
    cell: ({ branch_name, branch }) => (
      <span class="cut" title={branch_name ?? branch}>
        {branch_name ?? branch}
      </span>
    ),
  },
  {
    id: 'event',
    title: 'Event',
    isWideOnly: true,
    cell: ({ event }) => <span class="cut">{event.replaceAll('_', ' ')}</span>,
  },
];
const QUEUE: Column<RunAttempt> = {
  ...({ id: 'queue_seconds', title: 'First job', definition: 'run_queue', isNumber: true } as const),
  sort: ({ queue_seconds }) => queue_seconds,
  cell: ({ queue_seconds }) => <Duration seconds={queue_seconds} />,
};
const GITHUB: Column<RunAttempt> = {
  ...{ id: 'github', title: 'GitHub' },
  cell: ({ url }) => (
    <a href={url} target="_blank" rel="noreferrer">
      Open
    </a>
  ),
};

/* The service sorts by the ids of these columns. */
const ENDED: Columns = [
  ...FIRST,
  {
    ...({ id: 'completed_at', title: 'Ended', isNumber: true } as const),
    sort: ({ completed_at }) => completed_at,
    cell: ({ completed_at }) => <Time at={completed_at} />,
  },
  QUEUE,
  {
    ...({ id: 'duration_seconds', title: 'Duration', definition: 'duration', isNumber: true } as const),
    sort: ({ duration_seconds }) => duration_seconds,
    cell: ({ duration_seconds }) => <Duration seconds={duration_seconds} />,
  },
  GITHUB,
];
const UNFINISHED: Columns = [
  ...FIRST,
  {
    ...({ id: 'created_at', title: 'Created', isNumber: true } as const),
    sort: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
  QUEUE,
  {
    ...({ id: 'waiting_seconds', title: 'So far', isNumber: true } as const),
    sort: ({ waiting_seconds }) => waiting_seconds,
    cell: ({ waiting_seconds }) => <Duration seconds={waiting_seconds} />,
  },
  GITHUB,
];

interface List {
  readonly title: string;
  readonly definition: DefinitionId | null;
  readonly columns: Columns;
  readonly sort: string;
  /** What is not completed has no window and no conclusion. */
  readonly parameters: Parameters;
}

const NO_END = { from: null, to: null, conclusion: null };
const LISTS: Readonly<Record<string, List>> = {
  '': {
    ...{ title: 'Runs that ended', definition: 'runs', columns: ENDED, sort: '-completed_at' },
    parameters: { status: 'completed' },
  },
  open: {
    ...{ title: 'Runs that have not ended', definition: null, columns: UNFINISHED, sort: '-waiting_seconds' },
    parameters: NO_END,
  },
  stale: {
    ...{ title: 'Stale runs', definition: 'stale', columns: UNFINISHED, sort: '-waiting_seconds' },
    parameters: { ...NO_END, stale: 'true' },
  },
};
const TABS = [
  { id: '', title: 'Ended' },
  { id: 'open', title: 'Not ended' },
  { id: 'stale', title: 'Stale' },
];

/** Single runs: what numbers of other views lead to. */
export function View() {
  const { tab = '' } = address.value.own;
  const id = tab in LISTS ? tab : '';
  return (
    <>
      <Tabs label="Runs" tabs={TABS} />
      <RunList key={id} of={LISTS[id] as List} isEnded={id === ''} />
    </>
  );
}

function RunList({ of, isEnded }: { readonly of: List; readonly isEnded: boolean }) {
  const { title, columns, parameters, definition } = of;
  const sort = address.value.own['sort'] ?? of.sort;
  const pages = usePages('runs', { ...parameters, sort }, { isExported: true });
  return (
    <Loaded of={pages.first} isEmpty={({ runs }) => isEnded && runs.length === 0}>
      {({ runs }) =>
        runs.length === 0 ? (
          <Empty title="None">No such run at this moment.</Empty>
        ) : (
          <Card title={title} {...(definition !== null && { definition })} isFlush>
            <DataTable
              caption={title}
              columns={columns}
              rows={unique(pages.all.flatMap((page) => page.runs))}
              keyOf={keyOf}
              hrefOf={({ run_id, run_attempt }) => runHref(run_id, run_attempt)}
              defaultSort={of.sort}
              isSortedByService
            />
            <More of={pages} />
          </Card>
        )
      }
    </Loaded>
  );
}

function runHref(runId: number, attempt: number): string {
  return linkTo({ path: `/runs/${runId}`, own: { attempt: String(attempt) } });
}

/** An attempt that was held for an approval is there a second time when it has ended. */
function keyOf({ run_id, run_attempt, conclusion }: RunAttempt): string {
  return `${run_id} ${run_attempt} ${conclusion}`;
}

/** Pages overlap when runs have ended since the first was loaded. */
function unique(runs: readonly RunAttempt[]): RunAttempt[] {
  return Array.from(new Map(runs.map((run) => [keyOf(run), run])).values());
}
