import type { CountedWorkflow, WorkflowState } from '../domain/workflow-state.ts';
import type { StateShape } from './state-shape.ts';

export interface WorkflowRow extends WorkflowState {
  readonly heardAtMs: number;
}

export const WORKFLOW: StateShape<WorkflowRow> = {
  table: 'workflows',
  key: ['key'],
  texts: ['key', 'repositoryKey', 'repository', 'workflow', 'file'],
  json: [],
  flags: [],
  derived: {},
  fields: [
    'key',
    'repositoryKey',
    'repository',
    'workflow',
    'file',
    'startedAtMs',
    'runId',
    'runAttempt',
    'lastRunMs',
    'lastSuccessMs',
    'heardAtMs',
  ],
};

/** What is known of the failures of a workflow. */
export type FailureCounts = Pick<CountedWorkflow, 'failures' | 'failingSinceMs' | 'failedRunId'>;

const NO_FAILURES: FailureCounts = { failures: 0, failingSinceMs: null, failedRunId: null };

/** Workflows with the counts of those that have failures. */
export function withFailures(
  workflows: readonly WorkflowRow[],
  found: readonly ({ readonly key: string } & FailureCounts)[],
): CountedWorkflow[] {
  const failures = new Map(found.map((each) => [each.key, each]));
  return workflows.map((row): CountedWorkflow => ({ ...row, ...(failures.get(row.key) ?? NO_FAILURES) }));
}
