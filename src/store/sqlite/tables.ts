import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../domain/contracts.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import type { TraceEntry } from '../../domain/trace-entry.ts';
import { SAMPLES, TRACES } from '../outbox-content.ts';
import { type DeliveryTables, openDeliveryTables } from './deliveries.ts';
import { type DeploymentTables, openDeploymentTables } from './deployments.ts';
import { type HistoryTables, openHistoryTables } from './history.ts';
import { type JobNumberTable, openJobNumberTable } from './job-numbers.ts';
import { type JobTable, openJobTable } from './jobs.ts';
import { type ObservationTable, openObservationTable } from './observations.ts';
import { OutboxTables } from './outbox.ts';
import { openRecoveryTables, type RecoveryTables } from './recovery.ts';
import { openPropertyTable, type PropertyTable } from './repository-properties.ts';
import { openRunTable, type RunTable } from './runs.ts';
import { SeriesTable } from './series.ts';
import { openWorkflowTable, type WorkflowTable } from './workflows.ts';

/** What the database holds, each part with the statements that read and write it. */
export interface Tables {
  readonly deliveries: DeliveryTables;
  readonly jobs: JobTable;
  readonly runs: RunTable;
  readonly deployments: DeploymentTables;
  readonly series: SeriesTable;
  readonly jobNumbers: JobNumberTable;
  readonly observations: ObservationTable;
  readonly workflows: WorkflowTable;
  readonly samples: OutboxTables<EventSample>;
  readonly traces: OutboxTables<TraceEntry>;
  readonly history: HistoryTables;
  readonly recovery: RecoveryTables;
  readonly properties: PropertyTable;
}

export function openTables(
  database: DatabaseSync,
  { clock, steady }: { readonly clock: Clock; readonly steady: Clock },
): Tables {
  return {
    deliveries: openDeliveryTables(database, { clock, steady }),
    jobs: openJobTable(database),
    runs: openRunTable(database),
    deployments: openDeploymentTables(database),
    series: new SeriesTable(database),
    jobNumbers: openJobNumberTable(database),
    observations: openObservationTable(database),
    workflows: openWorkflowTable(database),
    samples: new OutboxTables(database, SAMPLES),
    traces: new OutboxTables(database, TRACES),
    history: openHistoryTables(database),
    recovery: openRecoveryTables(database),
    properties: openPropertyTable(database),
  };
}
