import type { Explanation } from '../domain/explanation.ts';
import type { StateReading } from './sql-reader.ts';

export async function explainRun(
  runId: number,
  { jobs, runs, observations }: StateReading,
): Promise<Explanation> {
  const [runsOfIt, jobsOfIt, reported] = await Promise.all([
    runs.ofRun(runId),
    jobs.ofRun(runId),
    observations.ofRun(runId),
  ]);
  return { runs: runsOfIt, jobs: jobsOfIt.filter(({ isJob }) => isJob), observations: reported };
}

export async function explainJob(
  jobId: number,
  { jobs, runs, observations }: StateReading,
): Promise<Explanation> {
  const [[job], reported] = await Promise.all([jobs.ofIds([jobId]), observations.ofJob(jobId)]);
  if (!job?.isJob) return { runs: [], jobs: [], observations: reported };
  const { runId, runAttempt, name } = job;
  const [attempts, jobsOfRun] = await Promise.all([runs.ofRun(runId), jobs.ofRun(runId)]);
  const others = jobsOfRun.filter((other) => other.isJob && other.name === name && other.jobId !== jobId);
  const ownRun = attempts.filter((run) => run.runAttempt === runAttempt);
  return { runs: ownRun, jobs: [job, ...others], observations: reported };
}
