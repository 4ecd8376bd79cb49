import type { RecoveryNotes, StateReader, WorkQueue } from '../../domain/contracts.ts';
import { workflowReadings } from '../../domain/workflow-state.ts';
import { explainJob, explainRun } from '../explain.ts';
import { readActivity } from './activity.ts';
import { parkedDeliveries, queueStatus } from './deliveries.ts';
import { statesOf } from './history-reader.ts';
import { heldJobs } from './jobs.ts';
import { lingering } from './lingering.ts';
import type { StoreParts } from './parts.ts';
import { readOnly } from './read-only.ts';
import { readMark, readNote, repositories, unseen } from './recovery.ts';
import { allProperties } from './repository-properties.ts';
import { settlingRuns } from './runs.ts';
import { unexplained } from './unexplained.ts';
import { readWorkflows } from './workflows.ts';

/** What only reads. */
export function openReader({
  connections,
  log,
  inTurn,
}: StoreParts): StateReader &
  Pick<WorkQueue, 'heldJobs' | 'settlingRuns'> &
  Pick<RecoveryNotes, 'readMark' | 'readNote' | 'knownRepositories' | 'unseen'> {
  return {
    heldJobs: (nowMs, limit) => connections.read((session) => heldJobs(session, nowMs, limit)),
    settlingRuns: (nowMs, limit) => connections.read((session) => settlingRuns(session, nowMs, limit)),
    readSeries: () => inTurn(() => connections.readAsOfOneMoment((session) => log.readAll(session))),
    readActivity: (nowMs) =>
      connections.readAsOfOneMoment(async (session) => {
        const [inFlight, workflows] = await Promise.all([
          readActivity(session, nowMs),
          readWorkflows(session),
        ]);
        return [...inFlight, ...workflowReadings(workflows)];
      }),
    repositoryProperties: () => connections.read(allProperties),
    lingering: (query) => connections.read((session) => lingering(session, query)),
    unexplained: (query) => connections.read((session) => unexplained(session, query)),
    readFor: (moment, work) => readOnly(connections, moment, work),
    explainRun: (runId) => connections.readAsOfOneMoment((session) => explainRun(runId, statesOf(session))),
    explainJob: (jobId) => connections.readAsOfOneMoment((session) => explainJob(jobId, statesOf(session))),
    queueStatus: () => connections.read(queueStatus),
    parkedDeliveries: (limit) => connections.read((session) => parkedDeliveries(session, limit)),
    readMark: (name) => connections.read((session) => readMark(session, name)),
    readNote: (name) => connections.read((session) => readNote(session, name)),
    knownRepositories: () => connections.read(repositories),
    unseen: (guids) => connections.read((session) => unseen(session, guids)),
  };
}
