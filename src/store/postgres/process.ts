import type { WorkQueue } from '../../domain/contracts.ts';
import type { AcceptOutcome } from '../../domain/delivery.ts';
import { isSettled } from '../../domain/lifecycle/settle.ts';
import type { JobState } from '../../domain/lifecycle/state.ts';
import type { Changes, KnownStates, Processed, Source, StateKeys } from '../../domain/transaction.ts';
import { seeDeliveries, type Taken } from './deliveries.ts';
import { loadDeployments, loadReviews, writeDeployments, writeReviews } from './deployments.ts';
import type { Begun } from './head.ts';
import { addJobNumbers } from './job-numbers.ts';
import { loadJobs, jobsOfRuns as readJobsOfRuns, writeJobs } from './jobs.ts';
import { writeObservations } from './observations.ts';
import { SAMPLE_TABLES, TRACE_TABLES } from './outbox.ts';
import type { StoreParts } from './parts.ts';
import { FORGOTTEN_BEFORE } from './recovery.ts';
import { loadProperties, writeProperties } from './repository-properties.ts';
import { loadRuns, writeRuns } from './runs.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import type { Tables } from './tables.ts';
import { type KnownWorkflows, loadWorkflows, noteRuns } from './workflows.ts';
import type { Counts, OrderedTransaction } from './write.ts';

/** `WorkQueue.process`. */
export function openProcess(parts: StoreParts): WorkQueue['process'] {
  const { tables, write } = parts;
  return async (source, keys, decide) => {
    const { processed, keep } = await write(async (transaction) => {
      const found = await find(transaction, source, { keys, parts });
      const { begun, outcomes, known, workflows } = found;
      const changes = decide(outcomes, known, begun.nowMs);
      await Promise.all([
        loadWorkflows(transaction, changes.runs, workflows),
        tables.history.prepare(transaction, changes.history),
      ]);
      const keep = writeChanges(transaction, changes, { source, found, tables });
      const endSeq = begun.head.samples.nextSeq;
      const outbox = { endSeq, settledSeq: Math.min(found.leastPlace, endSeq) };
      const processed: Processed = { outcomes, outbox };
      return { result: { processed, keep }, counts: countsOf(changes) };
    });
    keep();
    if ('leased' in source) tables.deliveries.release(source.leased.map(({ id }) => id));
    return processed;
  };
}

interface Found extends FoundSource {
  readonly begun: Begun;
  readonly known: KnownStates;
  readonly workflows: KnownWorkflows;
  /** Of all sinks; beyond every place if there is none. */
  readonly leastPlace: number;
}

const PLACES = statement(
  `SELECT (SELECT value FROM marks WHERE name = $1) AS "forgottenBeforeMs",
     (SELECT MIN(next_seq) FROM sinks) AS "leastPlace"`,
);

interface Places {
  readonly forgottenBeforeMs: number | null;
  readonly leastPlace: number | null;
}

/** Asks for all at once, which is answered when it is this transaction's turn. */
async function find(
  transaction: OrderedTransaction,
  source: Source,
  { keys, parts }: { readonly keys: StateKeys; readonly parts: StoreParts },
): Promise<Found> {
  const workflows: KnownWorkflows = new Map();
  const [begun, foundSource, jobs, runs, deployments, reviews, repositories, [places]] = await Promise.all([
    transaction.begun,
    findSource(transaction, source, parts),
    loadAllJobs(transaction, keys),
    loadRuns(transaction, keys.runs),
    loadDeployments(transaction, keys.deployments),
    loadReviews(transaction, keys.reviews),
    loadProperties(transaction, keys.repositories ?? []),
    transaction.rows<Places>(PLACES, [FORGOTTEN_BEFORE]),
    loadWorkflows(transaction, keys.runs, workflows),
  ]);
  const forgottenBeforeMs = places?.forgottenBeforeMs ?? null;
  const known = { jobs, runs, deployments, reviews, repositories, forgottenBeforeMs };
  const leastPlace = places?.leastPlace ?? Number.MAX_SAFE_INTEGER;
  return { ...foundSource, begun, known, workflows, leastPlace };
}

async function loadAllJobs(session: Session, { jobs, jobsOfRuns = [] }: StateKeys): Promise<JobState[]> {
  const [named, ofRuns] = await Promise.all([
    loadJobs(session, jobs),
    jobsOfRuns.length === 0 ? [] : readJobsOfRuns(session, jobsOfRuns),
  ]);
  return [...named, ...ofRuns];
}

interface FoundSource {
  readonly outcomes: AcceptOutcome[];
  readonly taken: Taken;
}

/** Remembers what has arrived; takes what was leased. */
async function findSource(
  session: Session,
  source: Source,
  { tables, time }: StoreParts,
): Promise<FoundSource> {
  if ('arrived' in source)
    return { outcomes: await seeDeliveries(session, source.arrived, time), taken: new Map() };
  const taken = await tables.deliveries.take(session, source.leased);
  return { outcomes: source.leased.map(({ id }) => (taken.has(id) ? 'accepted' : 'duplicate')), taken };
}

/** Sends what is written. Call what it returns once that is committed. */
function writeChanges(
  session: Session,
  changes: Changes,
  { source, found, tables }: { readonly source: Source; readonly found: Found; readonly tables: Tables },
): () => void {
  const { jobs, runs, deployments, reviews } = changes;
  const { begun, taken, workflows } = found;
  const { nowMs } = begun;
  const repositories = [...jobs, ...runs, ...deployments].map(({ repository }) => repository);
  tables.deliveries.enqueue(session, changes.queued);
  if ('leased' in source)
    tables.deliveries.putBack(session, changes.failed, { leased: source.leased, taken, nowMs });
  writeJobs(session, jobs);
  writeRuns(session, runs);
  writeDeployments(session, deployments);
  writeReviews(session, reviews);
  noteRuns(
    session,
    runs.filter((run) => !isSettled(run)),
    { known: workflows, nowMs },
  );
  writeProperties(session, changes.repositories);
  writeObservations(session, changes.observations);
  const keepSeen = tables.seenRepositories.see(session, repositories, nowMs);
  addJobNumbers(session, changes.numbers);
  SAMPLE_TABLES.append(session, changes.samples, begun);
  TRACE_TABLES.append(session, changes.traceEntries, begun);
  const keepHistory = tables.history.add(session, changes.history, begun.head);
  return () => {
    keepSeen();
    keepHistory();
  };
}

/** Undefined: it changes none, and no outbox. */
function countsOf({ increments, samples, traceEntries, numbers, jobs, runs }: Changes): Counts | undefined {
  const counts = [increments, samples, traceEntries, numbers, jobs, runs];
  if (counts.every(({ length }) => length === 0)) return undefined;
  return { increments, samples, numbers, changesStates: jobs.length + runs.length > 0 };
}
