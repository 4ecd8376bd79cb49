import type { ObservationEntry } from '../../domain/explanation.ts';
import { entriesOf, type ObservationRow, packEntry, RUN_ITSELF } from '../observation-entry.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const INSERT = statement(
  `INSERT INTO observations (run_id, job_id, received_at_ms, entry)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])`,
);
const OF_RUN = statement('SELECT run_id, job_id, entry FROM observations WHERE run_id = $1 ORDER BY number');
// The second condition is that of the index.
const OF_JOB = statement(
  'SELECT run_id, job_id, entry FROM observations WHERE job_id = $1 AND job_id <> 0 ORDER BY number',
);

/** Puts each behind the others of its run or job. */
export function writeObservations(session: Session, entries: readonly ObservationEntry[]): void {
  if (entries.length === 0) return;
  session.send(INSERT, [
    entries.map(({ runId }) => runId),
    entries.map(({ jobId }) => jobId ?? RUN_ITSELF),
    entries.map(({ receivedAtMs }) => receivedAtMs),
    entries.map(packEntry),
  ]);
}

/** In the order of receipt; what came in the same moment, as it was processed. */
export async function observationsOfRun(session: Session, runId: number): Promise<ObservationEntry[]> {
  return entriesOf(await session.rows<ObservationRow>(OF_RUN, [runId]));
}

export async function observationsOfJob(session: Session, jobId: number): Promise<ObservationEntry[]> {
  return entriesOf(await session.rows<ObservationRow>(OF_JOB, [jobId]));
}
