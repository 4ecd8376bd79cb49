import type { DatabaseSync } from 'node:sqlite';
import type { RecoveryNotes, StateReader, StoredOutbox, WorkQueue } from '../../domain/contracts.ts';
import type { Explanation } from '../../domain/explanation.ts';
import type { MaybeSync } from '../damage-guard.ts';
import { openActivity } from './activity.ts';
import { openJobList } from './job-list.ts';
import { openLingering } from './lingering.ts';
import type { Tables } from './tables.ts';

/** What only reads. */
export function openReader(
  database: DatabaseSync,
  tables: Tables,
): MaybeSync<
  StateReader &
    Pick<WorkQueue, 'heldJobs'> &
    Pick<RecoveryNotes, 'readMark' | 'readNote' | 'knownRepositories' | 'unseen'> &
    Pick<StoredOutbox, 'readSamples' | 'sinkPlace' | 'outboxStatus' | 'outboxProgress' | 'deadSamples'>
> {
  const { deliveries, jobs, series, jobNumbers, workflows, outbox, recovery } = tables;
  const readActivity = openActivity(database);
  return {
    heldJobs: jobs.held,
    readSeries: () => ({ cells: series.read(), numbers: jobNumbers.read() }),
    readActivity: (nowMs) => [...readActivity(nowMs), ...workflows.readings()],
    lingering: openLingering(database),
    listJobs: openJobList(database, jobs.ofId),
    explainRun: (runId) => explainRun(runId, tables),
    explainJob: (jobId) => explainJob(jobId, tables),
    queueStatus: deliveries.status,
    parkedDeliveries: deliveries.parked,
    readSamples: (sink, limit) => outbox.read(sink, limit),
    sinkPlace: (sink) => outbox.place(sink),
    outboxStatus: () => outbox.status(),
    outboxProgress: () => outbox.progress(),
    deadSamples: outbox.dead.latest,
    readMark: recovery.readMark,
    readNote: recovery.readNote,
    knownRepositories: recovery.repositories,
    unseen: recovery.unseen,
  };
}

function explainRun(runId: number, { jobs, runs, observations }: Tables): Explanation {
  return {
    runs: runs.ofRun(runId),
    jobs: jobs.ofRun(runId).filter(({ isJob }) => isJob),
    observations: observations.ofRun(runId),
  };
}

function explainJob(jobId: number, { jobs, runs, observations }: Tables): Explanation {
  const [job] = jobs.ofId(jobId);
  const reported = observations.ofJob(jobId);
  if (!job?.isJob) return { runs: [], jobs: [], observations: reported };
  const others = jobs
    .ofRun(job.runId)
    .filter((other) => other.isJob && other.name === job.name && other.jobId !== jobId);
  const ownRun = runs.ofRun(job.runId).filter(({ runAttempt }) => runAttempt === job.runAttempt);
  return { runs: ownRun, jobs: [job, ...others], observations: reported };
}
