import type { Clock, WorkQueue } from '../domain/contracts.ts';
import type { Sampling } from '../domain/event-sample.ts';
import { releaseHold } from '../domain/lifecycle/job.ts';
import type { Measure } from '../domain/measure.ts';
import { IncrementSums } from '../domain/metric.ts';

const AT_ONCE = 100;

/** Counts the queue time of jobs that were held for a word of a gate which can't come any more. */
export async function releaseHolds({
  queue,
  measure,
  sampling,
  clock,
}: {
  readonly queue: WorkQueue;
  readonly measure: Measure;
  readonly sampling: Sampling;
  readonly clock: Clock;
}): Promise<void> {
  const nowMs = clock();
  for (const held of await queue.heldJobs(nowMs, AT_ONCE)) {
    const { jobs } = await queue.load({ jobs: [held], runs: [] });
    const others = jobs.filter(({ jobId }) => jobId !== held.jobId);
    const { state, facts } = releaseHold(held, others, nowMs);
    const sums = new IncrementSums();
    sums.add(facts.flatMap(measure));
    await queue.commit({
      jobs: [state],
      runs: [],
      increments: sums.take(),
      samples: facts.flatMap(sampling),
      numbers: [],
      observations: [],
      processed: [],
      failed: [],
    });
  }
}
