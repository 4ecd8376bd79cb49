import type { DatabaseSync } from 'node:sqlite';
import type { ObservationEntry } from '../../domain/explanation.ts';
import type { Increment } from '../../domain/metric.ts';
import { parseStored } from '../stored-json.ts';

export interface ObservationTable {
  /** Puts it behind the others of its run or job. */
  write(entry: ObservationEntry): void;
  /** In the order of receipt; what came in the same moment, as it was processed. */
  ofRun(runId: number): ObservationEntry[];
  ofJob(jobId: number): ObservationEntry[];
}

/** The row of a run's own observations: jobs have ids of their own. */
const RUN_ITSELF = 0;

export function openObservationTable(database: DatabaseSync): ObservationTable {
  const insert = database.prepare(
    `INSERT INTO observations VALUES (?1, ?2, (
       SELECT COALESCE(MAX(number), 0) + 1 FROM observations WHERE run_id = ?1 AND job_id = ?2
     ), ?3)`,
  );
  const ofRun = database.prepare('SELECT * FROM observations WHERE run_id = ? ORDER BY number');
  const ofJob = database.prepare('SELECT * FROM observations WHERE job_id = ? ORDER BY number');
  return {
    write(entry) {
      insert.run(entry.runId, entry.jobId ?? RUN_ITSELF, packEntry(entry));
    },
    ofRun: (runId) => entriesOf(ofRun.all(runId)),
    ofJob: (jobId) => entriesOf(ofJob.all(jobId)),
  };
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
];

/**
 * JSON without the names of fields: every delivery writes one of these, and the names would be half of it.
 * The first value is the time of receipt, which retention asks for.
 */
function packEntry(entry: ObservationEntry): string {
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
  return JSON.stringify(packed);
}

function entriesOf(rows: readonly Record<string, unknown>[]): ObservationEntry[] {
  return rows.map(entryOf).sort((one, other) => one.receivedAtMs - other.receivedAtMs);
}

function entryOf(row: Record<string, unknown>): ObservationEntry {
  const [receivedAtMs, guid, source, eventAtMs, action, status, conclusion, before, after, why, counted] =
    parseStored<PackedEntry>(row['entry'], 'observations');
  const jobId = Number(row['job_id']);
  return {
    runId: Number(row['run_id']),
    jobId: jobId === RUN_ITSELF ? null : jobId,
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
