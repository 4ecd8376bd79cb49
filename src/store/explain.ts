import type { Explanation } from '../domain/explanation.ts';
import type { StateReading } from './sql-reader.ts';

export async function explainRun(
  runId: number,
  { jobs, runs, deployments, observations }: StateReading,
): Promise<Explanation> {
  const [runsOfIt, jobsOfIt, deploymentsOfIt, reviews, reported] = await Promise.all([
    runs.ofRun(runId),
    jobs.ofRun(runId),
    deployments.ofRun(runId),
    deployments.reviewsOfRun(runId),
    observations.ofRun(runId),
  ]);
  return {
    runs: runsOfIt,
    jobs: jobsOfIt.filter(({ isJob }) => isJob),
    deployments: deploymentsOfIt,
    reviews,
    observations: reported,
  };
}

export async function explainJob(jobId: number, states: StateReading): Promise<Explanation> {
  const { jobs, observations } = states;
  const [[job], reported] = await Promise.all([jobs.ofIds([jobId]), observations.ofJob(jobId)]);
  const runId = job?.runId ?? reported[0]?.runId;
  if (runId === undefined)
    return { runs: [], jobs: [], deployments: [], reviews: [], observations: reported };
  const ofRun = await explainRun(runId, states);
  const isOwn = (each: { readonly jobId: number | null }) => each.jobId === jobId;
  const own = {
    deployments: ofRun.deployments.filter(isOwn),
    reviews: ofRun.reviews.filter(isOwn),
    observations: reported,
  };
  if (!job?.isJob) return { runs: [], jobs: [], ...own };
  const others = ofRun.jobs.filter(({ name, jobId: id }) => name === job.name && id !== jobId);
  const ownRun = ofRun.runs.filter(({ runAttempt }) => runAttempt === job.runAttempt);
  return { runs: ownRun, jobs: [job, ...others], ...own };
}
