import { nearestRank } from '../../../src/domain/nearest-rank.ts';
import type { Run } from '../../../src/domain/openapi-types.ts';
import { secondsOf } from '../run/segments.ts';

/* How long steps take over several runs. Pure: no browser. */

/** One step of the jobs of one name. */
export interface StepTime {
  /** Without its matrix. */
  readonly jobName: string;
  readonly step: string;
  readonly count: number;
  readonly median: number;
  readonly longest: number;
  /** Where it took longest. */
  readonly runId: number;
  readonly jobId: number;
}

/** All steps that ran, those with the longest median first. */
export function stepTimes(runs: readonly Run[]): readonly StepTime[] {
  const measured = runs.flatMap(({ jobs }) =>
    jobs
      .filter((job) => !job.carried_over)
      .flatMap((job) => (job.steps ?? []).map((step) => ({ job, step, seconds: secondsOf(job, step) })))
      .filter((each) => each.seconds !== null),
  );
  const groups = Map.groupBy(measured, ({ job, step }) => JSON.stringify([job.job_name, step.name]));
  return Array.from(groups.values(), (group) => {
    const sorted = group.map(({ job, step, seconds }) => ({ job, step, seconds: seconds ?? 0 }));
    sorted.sort((a, b) => a.seconds - b.seconds);
    return timesOf(sorted);
  })
    .filter((time) => time !== null)
    .sort((a, b) => b.median - a.median || b.longest - a.longest);
}

interface Measured {
  readonly job: Run['jobs'][number];
  readonly step: { readonly name: string };
  readonly seconds: number;
}

/** Of the same step, in ascending order. */
function timesOf(ascending: readonly Measured[]): StepTime | null {
  const last = ascending.at(-1);
  if (last === undefined) return null;
  const median = nearestRank(
    ascending.map(({ seconds }) => seconds),
    0.5,
  );
  const { job, step, seconds } = last;
  return {
    ...{ jobName: job.job_name, step: step.name, count: ascending.length, median, longest: seconds },
    ...{ runId: job.run_id, jobId: job.job_id },
  };
}
