import type { DatabaseSync } from 'node:sqlite';
import { labelValue } from '../../domain/label-value.ts';
import type { HistoryReader, LastRun, WorkflowOfDefaultBranch } from '../../domain/queries.ts';
import { shownWorkflows } from '../../domain/workflow-state.ts';
import { type FilterParts, factConditions } from './fact-filters.ts';
import type { WorkflowTable } from './workflows.ts';

/** Prepares the readings of the last runs of one workflow. */
export function openLastRuns(database: DatabaseSync, parts: FilterParts): HistoryReader['lastRuns'] {
  return async (repository, workflow, { beforeMs, filters, limit }) => {
    const conditions = factConditions('finishedRuns', filters, parts);
    if (conditions === null) return [];
    const select = database.prepare(`
      SELECT run_id AS "runId", run_attempt AS "runAttempt", conclusion, duration_ms AS "durationMs"
      FROM finished_run_facts AS fact
      WHERE repository = :inRepository AND workflow = :ofWorkflow AND ended_at_ms < :beforeMs AND ${conditions.sql}
      ORDER BY ended_at_ms DESC, run_id DESC, run_attempt DESC LIMIT :limit`);
    const ids = { inRepository: repository, ofWorkflow: workflow };
    const rows = select.all({ ...conditions.values, ...ids, beforeMs, limit });
    return rows.map((row) => ({ ...row }) as unknown as LastRun);
  };
}

/** How workflows are doing on default branches, as `HistoryReader.workflowStates`. */
export function readWorkflowStates(workflows: Pick<WorkflowTable, 'states'>): WorkflowOfDefaultBranch[] {
  return shownWorkflows(workflows.states()).map((state) => ({
    repository: labelValue(state.repository),
    workflow: labelValue(state.workflow),
    failures: state.failures,
    failingSinceMs: state.failingSinceMs,
    failedRunId: state.failedRunId,
    lastRunMs: state.lastRunMs,
    lastSuccessMs: state.lastSuccessMs,
  }));
}
