import type { DeploymentTables } from './deployments.ts';
import type { JobTable } from './jobs.ts';
import type { ObservationTable } from './observations.ts';
import type { RunTable } from './runs.ts';
import type { WorkflowTable } from './workflows.ts';

/** The tables of what is known of each job, run and workflow. */
export interface StateTables {
  readonly jobs: JobTable;
  readonly runs: RunTable;
  readonly deployments: DeploymentTables;
  readonly observations: ObservationTable;
  readonly workflows: Pick<WorkflowTable, 'states'>;
}
