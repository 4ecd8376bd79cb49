import type { Clock, WorkQueue } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { releaseHold } from '../domain/lifecycle/job.ts';
import { openReason } from '../domain/lifecycle/reason.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import { IncrementSums } from '../domain/metric.ts';
import type { NamedRepository } from '../domain/repository-labels.ts';
import { type Changes, type KnownStates, NO_CHANGES, NO_DELIVERIES, NO_KEYS } from '../domain/transaction.ts';
import type { CountingRules } from './batch.ts';
import { LabelsByRepository, NO_LABELS } from './labels-by-repository.ts';

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
      const keys = { ...NO_KEYS, jobs: [held], repositories: repositoryOf(held) };
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
  { measure, sampling, record, repositoryLabels = [], asksReasons = false }: CountingRules,
): Changes {
  const held = known.jobs.find((job) => job.jobId === jobId);
  // It may have gone on since it was found.
  if (held === undefined || held.heldUntilMs === null || held.heldUntilMs > nowMs) return NO_CHANGES;
  const others = known.jobs.filter((job) => job !== held);
  const released = releaseHold(held, others, nowMs);
  const { state, facts } = asksReasons ? openReason(released) : released;
  const sums = new IncrementSums();
  // The payload is gone that told its properties: what is known of the repository counts.
  const [repository] = repositoryOf(held);
  const labels = repositoryLabels.length === 0 ? null : new LabelsByRepository(repositoryLabels, known);
  const chosen = labels?.ofKnown(repository) ?? NO_LABELS;
  sums.add(chosen.on(facts.flatMap(measure)));
  return {
    ...NO_CHANGES,
    jobs: [state],
    increments: sums.take(),
    samples: chosen.on(facts.flatMap(sampling)),
    history: record(facts),
  };
}

function repositoryOf({ repository: name }: JobState): readonly [NamedRepository] {
  return [{ name, repositoryId: null }];
}

function rethrow(error: unknown): never {
  throw error;
}
