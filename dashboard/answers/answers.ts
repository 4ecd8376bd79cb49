import type {
  Billing,
  BrokenWorkflows,
  Capacity,
  Cost,
  Deployments,
  DeploymentsSummary,
  Facets,
  Failures,
  Jobs,
  JobsSummary,
  Load,
  Now,
  Queues,
  Run,
  Runners,
  Runs,
  ServiceStatus,
  WorkflowSteps,
  Workflows,
  WorkflowTrend,
} from '../../src/domain/openapi-types.ts';
import { FILTERS, type FilterName } from '../state/address.ts';
import { OPERATIONS } from './operations.ts';

/** The answer of each operation of the read API. */
export interface Answers {
  readonly now: Now;
  readonly queues: Queues;
  readonly queueJobs: Jobs;
  readonly load: Load;
  readonly capacity: Capacity;
  readonly workflows: Workflows;
  readonly workflowTrend: WorkflowTrend;
  readonly workflowSteps: WorkflowSteps;
  readonly jobsSummary: JobsSummary;
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly run: Run;
  readonly failures: Failures;
  readonly failureJobs: Jobs;
  readonly brokenWorkflows: BrokenWorkflows;
  readonly cost: Cost;
  readonly billing: Billing;
  readonly deployments: Deployments;
  readonly deploymentsSummary: DeploymentsSummary;
  readonly runners: Runners;
  readonly status: ServiceStatus;
  readonly facets: Facets;
}

export type Operation = keyof Answers;

/** Which of the address's filters the operation takes: others would be refused. */
export function filtersOf(operation: Operation): readonly FilterName[] {
  return FILTERS.filter((name) => hasParameter(operation, name));
}

/** Whether the operation is about a window of time. */
export function hasWindow(operation: Operation): boolean {
  return hasParameter(operation, 'from');
}

/** The operation's path; `{id}` is still in it. */
export function pathOf(operation: Operation): string {
  return OPERATIONS[operation].path;
}

/** Whether a file can be had in place of JSON. */
export function hasFormats(operation: Operation): boolean {
  return hasParameter(operation, 'format');
}

function hasParameter(operation: Operation, name: string): boolean {
  return (OPERATIONS[operation].parameters as readonly string[]).includes(name);
}
