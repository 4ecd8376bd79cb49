import type { Attempt, Job } from './model.ts';
import type { Random } from './random.ts';

const FORGOTTEN_RUNS = 0.01;
const FORGOTTEN_JOBS = 0.02;

/**
 * `attempts` of one run as GitHub reports them: now and then it never reports how one of the jobs went on, or
 * that the run is over. Only in the last attempt, because a later one would report those jobs again.
 */
export function omitEnds(attempts: readonly Attempt[], random: Random): readonly Attempt[] {
  const last = attempts.at(-1);
  if (last === undefined) return attempts;
  const { moments } = last;
  const isForgotten = moments.length > 1 && random.chance(FORGOTTEN_RUNS);
  return [
    ...attempts.slice(0, -1),
    { ...last, moments: isForgotten ? moments.slice(0, -1) : moments, jobs: forgetJob(last.jobs, random) },
  ];
}

function forgetJob(jobs: readonly Job[], random: Random): readonly Job[] {
  const candidates = jobs.filter((job) => job.kind === 'ran' && !job.carriedOver);
  if (candidates.length === 0 || !random.chance(FORGOTTEN_JOBS)) return jobs;
  const forgotten = random.pick(candidates);
  const moments = forgotten.moments.slice(0, random.int(1, forgotten.moments.length - 1));
  return jobs.map((job) => (job === forgotten ? { ...job, moments } : job));
}
