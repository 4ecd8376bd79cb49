import type { Clock, WorkQueue } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import type { Sampling } from '../domain/event-sample.ts';
import { releaseHold } from '../domain/lifecycle/job.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { Measure } from '../domain/measure.ts';
import { IncrementSums } from '../domain/metric.ts';
import { NO_CHANGES } from '../domain/no-changes.ts';

const AT_ONCE = 100;

export interface HoldsOptions {
  readonly queue: WorkQueue;
  readonly measure: Measure;
  readonly sampling: Sampling;
  readonly clock: Clock;
}

/**
 * Counts the queue time of jobs that were held for a word of a gate which can't come any more. A job with which that shows a bug is told
 * to `onBug`, and stays held.
 */
export async function releaseHolds(
  options: HoldsOptions,
  onBug: (error: unknown, held: JobState) => void = rethrow,
): Promise<void> {
  const nowMs = options.clock();
  for (const held of await options.queue.heldJobs(nowMs, AT_ONCE)) {
    try {
      await release(held, nowMs, options);
    } catch (error) {
      if (error instanceof AntError) throw error;
      onBug(error, held);
    }
  }
}

async function release(
  held: JobState,
  nowMs: number,
  { queue, measure, sampling }: HoldsOptions,
): Promise<void> {
  const { jobs } = await queue.load({ jobs: [held], runs: [] });
  const others = jobs.filter(({ jobId }) => jobId !== held.jobId);
  const { state, facts } = releaseHold(held, others, nowMs);
  const sums = new IncrementSums();
  sums.add(facts.flatMap(measure));
  await queue.commit({
    ...NO_CHANGES,
    jobs: [state],
    increments: sums.take(),
    samples: facts.flatMap(sampling),
  });
}

function rethrow(error: unknown): never {
  throw error;
}
