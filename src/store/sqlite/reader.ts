import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecoveryNotes, StateReader, WorkQueue } from '../../domain/contracts.ts';
import type { MaybeSync } from '../damage-guard.ts';
import { explainJob, explainRun } from '../explain.ts';
import { openActivity } from './activity.ts';
import { openHistoryReader } from './history-reader.ts';
import { openLingering } from './lingering.ts';
import type { Tables } from './tables.ts';
import { openUnexplained } from './unexplained.ts';

/** What only reads. */
export function openReader(
  database: DatabaseSync,
  tables: Tables,
): MaybeSync<
  StateReader &
    Pick<WorkQueue, 'heldJobs' | 'settlingRuns'> &
    Pick<RecoveryNotes, 'readMark' | 'readNote' | 'knownRepositories' | 'unseen'>
> {
  const { deliveries, jobs, runs, series, jobNumbers, workflows, recovery, properties } = tables;
  const readActivity = openActivity(database);
  return {
    heldJobs: jobs.held,
    settlingRuns: runs.settling,
    readSeries: () => ({ cells: series.read(), numbers: jobNumbers.read() }),
    readActivity: (nowMs) => [...readActivity(nowMs), ...workflows.readings()],
    repositoryProperties: properties.all,
    lingering: openLingering(database),
    unexplained: openUnexplained(database),
    readFor: (moment, work) => work(openHistoryReader(database, tables, { ...moment, giveWay: nextTurn })),
    explainRun: (runId) => explainRun(runId, tables),
    explainJob: (jobId) => explainJob(jobId, tables),
    queueStatus: deliveries.status,
    parkedDeliveries: deliveries.parked,
    readMark: recovery.readMark,
    readNote: recovery.readNote,
    knownRepositories: recovery.repositories,
    unseen: recovery.unseen,
  };
}
