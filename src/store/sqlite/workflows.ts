import type { DatabaseSync } from 'node:sqlite';
import type { RunState } from '../../domain/lifecycle/state.ts';
import type { GaugeReading } from '../../domain/metric.ts';
import {
  type CountedWorkflow,
  failureOf,
  isSinceSuccess,
  type WorkflowState,
  withRun,
  workflowKeyOf,
  workflowReadings,
} from '../../domain/workflow-state.ts';
import { type FailureCounts, WORKFLOW, type WorkflowRow, withFailures } from '../workflow-shape.ts';
import { openStateRows } from './state-rows.ts';

/** How the workflows of default branches are doing. Every method runs inside of the caller's transaction. */
export interface WorkflowTable {
  /** Notes what is known of a run. Any order of runs ends in the same. */
  note(run: RunState, nowMs: number): void;
  readings(): GaugeReading[];
  /** All that are known. */
  states(): CountedWorkflow[];
  /** Forgets the workflows without any event since then; returns how many. */
  forget(beforeMs: number): number;
}

/** Statements that run often, and must not look at every workflow. */
export const LOOKUPS = {
  forget: 'DELETE FROM workflows WHERE heard_at_ms < ?',
  forgetFailures:
    'DELETE FROM workflow_failures WHERE key IN (SELECT key FROM workflows WHERE heard_at_ms < ?)',
  adopt: 'UPDATE workflows SET repository_key = ? WHERE repository_key = ?',
} as const;

const COUNTS = `SELECT key, COUNT(*) AS failures, MIN(end_ms) AS "failingSinceMs", MAX(run_id) AS "failedRunId"
  FROM workflow_failures GROUP BY key`;

export function openWorkflowTable(database: DatabaseSync): WorkflowTable {
  const rows = openStateRows(database, WORKFLOW);
  const ofKey = rows.query('WHERE key = ?');
  const all = rows.query('');
  const counts = database.prepare(COUNTS);
  const adopt = openAdoption(database, ofKey);
  const fail = database.prepare('INSERT OR IGNORE INTO workflow_failures VALUES (?, ?, ?, ?)');
  const succeed = database.prepare('DELETE FROM workflow_failures WHERE key = ? AND end_ms <= ?');
  const forgetFailures = database.prepare(LOOKUPS.forgetFailures);
  const forget = database.prepare(LOOKUPS.forget);
  const states = () =>
    withFailures(all(), counts.all() as unknown as ({ readonly key: string } & FailureCounts)[]);

  return {
    note(run, nowMs) {
      const before = ofKey(workflowKeyOf(run))[0] ?? adopt(run);
      const after = withRun(before, run);
      // Whatever the clock says, it is not before the event.
      rows.write({ ...after, heardAtMs: Math.max(nowMs, run.statusAtMs) });
      if (after.lastSuccessMs !== (before?.lastSuccessMs ?? null))
        succeed.run(after.key, after.lastSuccessMs);
      const failure = failureOf(run);
      if (failure !== null && isSinceSuccess(failure, after)) {
        fail.run(after.key, failure.runId, failure.runAttempt, failure.endMs);
      }
    },
    readings: () => workflowReadings(states()),
    states,
    forget(beforeMs) {
      forgetFailures.run(beforeMs);
      return Number(forget.run(beforeMs).changes);
    },
  };
}

/**
 * What earlier versions kept only by names goes to the repository that is reported under its name, and
 * to the file that is reported with the name of the workflow.
 */
function openAdoption(
  database: DatabaseSync,
  ofKey: (key: string) => WorkflowRow[],
): (run: RunState) => WorkflowState | undefined {
  const move = database.prepare(LOOKUPS.adopt);
  const remove = database.prepare('DELETE FROM workflows WHERE key = ?');
  const moveFailures = database.prepare('UPDATE workflow_failures SET key = ? WHERE key = ?');
  return (run) => {
    if (run.repositoryId === null || run.workflowFile === null) return undefined;
    move.run(String(run.repositoryId), run.repository);
    const named = workflowKeyOf({ ...run, repositoryId: null, workflowFile: null });
    const [old] = ofKey(named);
    if (old === undefined) return undefined;
    const key = workflowKeyOf(run);
    remove.run(named);
    moveFailures.run(key, named);
    return { ...old, key };
  };
}
