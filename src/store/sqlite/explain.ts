import type { Explanation } from '../../domain/explanation.ts';
import type { StateTables } from './state-tables.ts';

export function explainRun(runId: number, { jobs, runs, observations }: StateTables): Explanation {
  return {
    runs: runs.ofRun(runId),
    jobs: jobs.ofRun(runId).filter(({ isJob }) => isJob),
    observations: observations.ofRun(runId),
  };
}

export function explainJob(jobId: number, { jobs, runs, observations }: StateTables): Explanation {
  const [job] = jobs.ofId(jobId);
  const reported = observations.ofJob(jobId);
  if (!job?.isJob) return { runs: [], jobs: [], observations: reported };
  const others = jobs
    .ofRun(job.runId)
    .filter((other) => other.isJob && other.name === job.name && other.jobId !== jobId);
  const ownRun = runs.ofRun(job.runId).filter(({ runAttempt }) => runAttempt === job.runAttempt);
  return { runs: ownRun, jobs: [job, ...others], observations: reported };
}
