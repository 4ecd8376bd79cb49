import type { WorkQueue } from '../../domain/contracts.ts';
import type { AcceptOutcome } from '../../domain/delivery.ts';
import type { Changes, Processed, Source } from '../../domain/transaction.ts';

import { seeDeliveries, type Taken } from './deliveries.ts';
import type { Begun } from './head.ts';
import { addJobNumbers } from './job-numbers.ts';
import { loadJobs, writeJobs } from './jobs.ts';
import { writeObservations } from './observations.ts';
import { appendSamples, readLeastPlace } from './outbox.ts';
import type { StoreParts } from './parts.ts';
import { FORGOTTEN_BEFORE, readMark } from './recovery.ts';
import { loadRuns, writeRuns } from './runs.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';
import type { ChosenTime } from './time.ts';
import { type KnownWorkflows, loadWorkflows, noteRuns } from './workflows.ts';
import type { Counts } from './write.ts';

/** `WorkQueue.process`. */
export function openProcess({ tables, write, time }: StoreParts): WorkQueue['process'] {
  const { deliveries, history } = tables;
  return async (source, keys, decide) => {
    const { processed, keep } = await write(async (transaction) => {
      const workflows: KnownWorkflows = new Map();
      // All is asked for at once, and answered when it is this transaction's turn.
      const [begun, found, jobs, runs, forgottenBeforeMs, settledSeq] = await Promise.all([
        transaction.begun,
        findSource(transaction, source, { tables, time }),
        loadJobs(transaction, keys.jobs),
        loadRuns(transaction, keys.runs),
        readMark(transaction, FORGOTTEN_BEFORE),
        readLeastPlace(transaction),
        loadWorkflows(transaction, keys.runs, workflows),
      ]);
      const { outcomes } = found;
      const changes = decide(outcomes, { jobs, runs, forgottenBeforeMs }, begun.nowMs);
      await Promise.all([
        loadWorkflows(transaction, changes.runs, workflows),
        history.prepare(transaction, changes.history),
      ]);
      if ('leased' in source)
        deliveries.putBack(transaction, changes.failed, {
          leased: source.leased,
          taken: found.taken,
          nowMs: begun.nowMs,
        });
      noteRuns(transaction, changes.runs, { known: workflows, nowMs: begun.nowMs });
      const keep = writeChanges(transaction, changes, { tables, begun });
      const endSeq = begun.head.nextSampleSeq;
      const processed: Processed = { outcomes, outbox: { endSeq, settledSeq: Math.min(settledSeq, endSeq) } };
      return { result: { processed, keep }, counts: countsOf(changes) };
    });
    keep();
    if ('leased' in source) deliveries.release(source.leased.map(({ id }) => id));
    return processed;
  };
}

interface Found {
  readonly outcomes: AcceptOutcome[];
  readonly taken: Taken;
}

/** Remembers what has arrived; takes what was leased. */
async function findSource(
  session: Session,
  source: Source,
  { tables, time }: { readonly tables: Tables; readonly time: ChosenTime },
): Promise<Found> {
  if ('arrived' in source)
    return { outcomes: await seeDeliveries(session, source.arrived, time), taken: new Map() };
  const taken = await tables.deliveries.take(session, source.leased);
  return { outcomes: source.leased.map(({ id }) => (taken.has(id) ? 'accepted' : 'duplicate')), taken };
}

/** Sends what is written. Call what it returns once that is committed. */
function writeChanges(
  session: Session,
  changes: Changes,
  { tables, begun }: { readonly tables: Tables; readonly begun: Begun },
): () => void {
  const { jobs, runs } = changes;
  const repositories = [...jobs, ...runs].map(({ repository }) => repository);
  tables.deliveries.enqueue(session, changes.queued);
  writeJobs(session, jobs);
  writeRuns(session, runs);
  writeObservations(session, changes.observations);
  const keepSeen = tables.seenRepositories.see(session, repositories, begun.nowMs);
  addJobNumbers(session, changes.numbers);
  appendSamples(session, changes.samples, begun);
  const keepHistory = tables.history.add(session, changes.history);
  return () => {
    keepSeen();
    keepHistory();
  };
}

function countsOf({ increments, samples, numbers, jobs, runs }: Changes): Counts {
  return { increments, samples, numbers, changesStates: jobs.length + runs.length > 0 };
}
