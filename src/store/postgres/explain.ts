import type { Explanation } from '../../domain/explanation.ts';
import { jobsOfId, jobsOfRun } from './jobs.ts';
import { observationsOfJob, observationsOfRun } from './observations.ts';
import { runsOfRun } from './runs.ts';
import type { Session } from './session.ts';

/** To be called in a transaction of one moment. */
export async function explainRun(session: Session, runId: number): Promise<Explanation> {
  const [runs, jobs, observations] = await Promise.all([
    runsOfRun(session, runId),
    jobsOfRun(session, runId),
    observationsOfRun(session, runId),
  ]);
  return { runs, jobs: jobs.filter(({ isJob }) => isJob), observations };
}

/** To be called in a transaction of one moment. */
export async function explainJob(session: Session, jobId: number): Promise<Explanation> {
  const [[job], observations] = await Promise.all([
    jobsOfId(session, jobId),
    observationsOfJob(session, jobId),
  ]);
  if (!job?.isJob) return { runs: [], jobs: [], observations };
  const [runs, jobs] = await Promise.all([runsOfRun(session, job.runId), jobsOfRun(session, job.runId)]);
  const others = jobs.filter((other) => other.isJob && other.name === job.name && other.jobId !== jobId);
  const ownRun = runs.filter(({ runAttempt }) => runAttempt === job.runAttempt);
  return { runs: ownRun, jobs: [job, ...others], observations };
}
