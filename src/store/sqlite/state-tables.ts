import type { JobTable } from './jobs.ts';
import type { ObservationTable } from './observations.ts';
import type { RunTable } from './runs.ts';

/** The tables of what is known of each job and run. */
export interface StateTables {
  readonly jobs: JobTable;
  readonly runs: RunTable;
  readonly observations: ObservationTable;
}
