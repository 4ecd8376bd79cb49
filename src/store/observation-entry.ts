import type { ObservationEntry } from '../domain/explanation.ts';
import type { Increment } from '../domain/metric.ts';
import { parseStored } from './stored-json.ts';

/** The `job_id` of a run's own observations: jobs have ids of their own. */
export const RUN_ITSELF = 0;

/** As it is read from the table. */
export interface ObservationRow {
  readonly run_id: number;
  readonly job_id: number;
  readonly entry: string;
}

type PackedIncrement = readonly [metric: string, labels: readonly string[], cell: number, delta: number];
type PackedEntry = readonly [
  receivedAtMs: ObservationEntry['receivedAtMs'],
  guid: ObservationEntry['guid'],
  source: ObservationEntry['source'],
  eventAtMs: ObservationEntry['eventAtMs'],
  action: ObservationEntry['action'],
  status: ObservationEntry['status'],
  conclusion: ObservationEntry['conclusion'],
  before: ObservationEntry['before'],
  after: ObservationEntry['after'],
  why: ObservationEntry['why'],
  counted: readonly PackedIncrement[],
  /** Only where there are any. */
  repositoryLabels?: ObservationEntry['repositoryLabels'],
];

/**
 * JSON without the names of fields: every delivery writes one of these, and the names would be half of it.
 * The first value is the time of receipt, which retention asks for.
 */
export function packEntry(entry: ObservationEntry): string {
  const { receivedAtMs, guid, source, eventAtMs, action, status, conclusion, before, after, why } = entry;
  const counted = entry.counted.map(
    ({ metric, labels, cell, delta }): PackedIncrement => [metric, labels, cell, delta],
  );
  const packed: PackedEntry = [
    receivedAtMs,
    guid,
    source,
    eventAtMs,
    action,
    status,
    conclusion,
    before,
    after,
    why,
    counted,
  ];
  return JSON.stringify(entry.repositoryLabels === undefined ? packed : [...packed, entry.repositoryLabels]);
}

/** Of rows in the order of processing: in the order of receipt, and what came in the same moment as it was processed. */
export function entriesOf(rows: readonly ObservationRow[]): ObservationEntry[] {
  return rows.map(entryOf).sort((one, other) => one.receivedAtMs - other.receivedAtMs);
}

function entryOf(row: ObservationRow): ObservationEntry {
  const packed = parseStored<PackedEntry>(row.entry, 'observations');
  const [receivedAtMs, guid, source, eventAtMs, action, status, conclusion, before, after, why] = packed;
  const [counted, repositoryLabels] = [packed[10], packed[11]];
  return {
    ...(repositoryLabels === undefined ? {} : { repositoryLabels }),
    runId: row.run_id,
    jobId: row.job_id === RUN_ITSELF ? null : row.job_id,
    guid,
    source,
    receivedAtMs,
    eventAtMs,
    action,
    status,
    conclusion,
    before,
    after,
    counted: counted.map(([metric, labels, cell, delta]): Increment => ({ metric, labels, cell, delta })),
    why,
  };
}
