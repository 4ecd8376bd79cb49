import { labelValue } from '../domain/label-value.ts';
import type { HistoryReader, LastRun, WorkflowOfDefaultBranch } from '../domain/queries.ts';
import { shownWorkflows } from '../domain/workflow-state.ts';
import type { ConditionsOf, SqlReader, StateReading } from './sql-reader.ts';

/** Prepares the readings of the last runs of one workflow. */
export function openLastRuns(sql: SqlReader, conditionsOf: ConditionsOf): HistoryReader['lastRuns'] {
  return async (repository, workflow, { beforeMs, filters, limit }) => {
    const conditions = await conditionsOf('finishedRuns', filters);
    if (conditions === null) return [];
    const ids = { inRepository: repository, ofWorkflow: workflow };
    const rows = await sql.rows<LastRun>(
      `
      SELECT run_id AS "runId", run_attempt AS "runAttempt", conclusion, duration_ms AS "durationMs"
      FROM finished_run_facts AS fact
      WHERE repository = :inRepository AND workflow = :ofWorkflow AND ended_at_ms < :beforeMs AND ${conditions.sql}
      ORDER BY ended_at_ms DESC, run_id DESC, run_attempt DESC LIMIT :limit`,
      { ...conditions.values, ...ids, beforeMs, limit },
    );
    return rows.map((row) => ({ ...row }));
  };
}

/** How workflows are doing on default branches, as `HistoryReader.workflowStates`. */
export async function readWorkflowStates(
  workflows: StateReading['workflows'],
): Promise<WorkflowOfDefaultBranch[]> {
  return shownWorkflows(await workflows.states()).map((state) => ({
    repository: labelValue(state.repository),
    workflow: labelValue(state.workflow),
    failures: state.failures,
    failingSinceMs: state.failingSinceMs,
    failedRunId: state.failedRunId,
    lastRunMs: state.lastRunMs,
    lastSuccessMs: state.lastSuccessMs,
  }));
}
