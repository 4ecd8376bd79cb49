import type { Clock, WorkQueue } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { releaseHold } from '../domain/lifecycle/job.ts';
import { openReason } from '../domain/lifecycle/reason.ts';
import { countServed } from '../domain/lifecycle/served.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import { withOwnLabels } from '../domain/repository-labels.ts';
import { type Changes, type KnownStates, NO_CHANGES, NO_DELIVERIES, NO_KEYS } from '../domain/transaction.ts';
import type { CountingRules } from './batch.ts';

const MAX_PER_CALL = 100;

export interface HoldsOptions {
  readonly queue: Pick<WorkQueue, 'heldJobs' | 'process'>;
  readonly rules: () => CountingRules;
  readonly clock: Clock;
}

/**
 * Counts the queue time of jobs that were held for a gate's event that can't arrive any more. A job with
 * which that hits a bug is passed to `onBug`, and stays held.
 */
export async function releaseHolds(
  { queue, rules, clock }: HoldsOptions,
  onBug: (error: unknown, held: JobState) => void = rethrow,
): Promise<void> {
  for (const held of await queue.heldJobs(clock(), MAX_PER_CALL)) {
    try {
      const keys = { ...NO_KEYS, jobs: [held] };
      await queue.process(NO_DELIVERIES, keys, (_, known, nowMs) =>
        release(held.jobId, { known, nowMs }, rules()),
      );
    } catch (error) {
      if (error instanceof AntError) throw error;
      onBug(error, held);
    }
  }
}

function release(
  jobId: number,
  { known, nowMs }: { readonly known: KnownStates; readonly nowMs: number },
  { measure, compat, sampling, record, asksReasons = false, tracing }: CountingRules,
): Changes {
  const held = known.jobs.find((job) => job.jobId === jobId);
  // It may have gone on since it was found.
  if (held === undefined || held.heldUntilMs === null || held.heldUntilMs > nowMs) return NO_CHANGES;
  const others = known.jobs.filter((job) => job !== held);
  const released = releaseHold(held, others, nowMs);
  const { state: after, facts: opened } = asksReasons ? openReason(released) : released;
  const namesakes = others.filter(({ isJob }) => isJob);
  const change = { before: held, after, observation: null, namesakes, run: null, nowMs };
  const { state, entries } = tracing?.job(change) ?? { state: after, entries: [] };
  const served = countServed([state, ...others]);
  const facts = [...opened, ...served.facts];
  const states = new Map([state, ...served.changed].map((each) => [each.jobId, each]));
  const counted = withOwnLabels(facts.flatMap(measure), held.heldLabels);
  return {
    ...NO_CHANGES,
    jobs: [...states.values()],
    increments: compat ? [...counted, ...facts.flatMap(compat)] : counted,
    samples: withOwnLabels(facts.flatMap(sampling), held.heldLabels),
    traceEntries: entries,
    history: record(facts),
  };
}

function rethrow(error: unknown): never {
  throw error;
}
