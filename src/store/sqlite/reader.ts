import type { DatabaseSync } from 'node:sqlite';
import type { RecoveryNotes, StateReader, StoredOutbox, WorkQueue } from '../../domain/contracts.ts';
import { openActivity } from './activity.ts';
import type { DeliveryTables } from './deliveries.ts';
import { openJobList } from './job-list.ts';
import type { JobNumberTable } from './job-numbers.ts';
import type { JobTable } from './jobs.ts';
import { openLingering } from './lingering.ts';
import type { ObservationTable } from './observations.ts';
import type { OutboxTables } from './outbox.ts';
import type { RecoveryTables } from './recovery.ts';
import type { RunTable } from './runs.ts';
import type { SeriesTable } from './series.ts';
import type { WorkflowTable } from './workflows.ts';

export interface Tables {
  readonly deliveries: DeliveryTables;
  readonly jobs: JobTable;
  readonly runs: RunTable;
  readonly series: SeriesTable;
  readonly jobNumbers: JobNumberTable;
  readonly observations: ObservationTable;
  readonly workflows: WorkflowTable;
  readonly outbox: OutboxTables;
  readonly recovery: RecoveryTables;
}

/** What only reads. */
export function openReader(
  database: DatabaseSync,
  { deliveries, jobs, runs, series, jobNumbers, observations, workflows, outbox, recovery }: Tables,
): StateReader &
  Pick<WorkQueue, 'heldJobs'> &
  Pick<RecoveryNotes, 'readMark' | 'readNote' | 'knownRepositories' | 'unseen'> &
  Pick<StoredOutbox, 'readSamples' | 'outboxStatus' | 'outboxProgress' | 'deadSamples'> {
  const readActivity = openActivity(database);
  const readLingering = openLingering(database);
  const readJobList = openJobList(database, jobs.ofId);
  return {
    async heldJobs(nowMs, limit) {
      return jobs.held(nowMs, limit);
    },
    async readSeries() {
      return { cells: series.read(), numbers: jobNumbers.read() };
    },
    async readActivity(nowMs) {
      return [...readActivity(nowMs), ...workflows.readings()];
    },
    async lingering(query) {
      return readLingering(query);
    },
    listJobs: (query, nowMs) => readJobList(query, nowMs),
    async explainRun(runId) {
      const jobsOfRun = jobs.ofRun(runId).filter(({ isJob }) => isJob);
      return { runs: runs.ofRun(runId), jobs: jobsOfRun, observations: observations.ofRun(runId) };
    },
    async explainJob(jobId) {
      const [job] = jobs.load([{ jobId, runId: 0, name: '' }]);
      const told = observations.ofJob(jobId);
      if (!job?.isJob) return { runs: [], jobs: [], observations: told };
      const others = jobs
        .ofRun(job.runId)
        .filter((other) => other.isJob && other.name === job.name && other.jobId !== jobId);
      const ownRun = runs.ofRun(job.runId).filter(({ runAttempt }) => runAttempt === job.runAttempt);
      return { runs: ownRun, jobs: [job, ...others], observations: told };
    },
    async queueStatus() {
      return deliveries.status();
    },
    async readSamples(sink, limit) {
      return outbox.read(sink, limit);
    },
    async outboxStatus() {
      return outbox.status();
    },
    async outboxProgress() {
      return outbox.progress();
    },
    async deadSamples(limit) {
      return outbox.dead.latest(limit);
    },
    async readMark(name) {
      return recovery.readMark(name);
    },
    async readNote(name) {
      return recovery.readNote(name);
    },
    async knownRepositories() {
      return recovery.repositories();
    },
    async unseen(guids) {
      return recovery.unseen(guids);
    },
    async parkedDeliveries(limit) {
      return deliveries.parked(limit);
    },
  };
}
