import type { DatabaseSync } from 'node:sqlite';
import type { LingeringQuery, Unfinished } from '../../domain/unfinished.ts';

const IS_LINGERING = `status <> 'completed' AND status_at_ms < :beforeMs ->> status AND NOT is_gone`;

const COMMON =
  'run_id AS runId, run_attempt AS runAttempt, repository, workflow, status, status_at_ms AS statusAtMs';

const LINGERING = `
  SELECT job_id AS jobId, name, ${COMMON} FROM jobs WHERE ${IS_LINGERING} AND is_job
  UNION ALL
  SELECT NULL AS jobId, '' AS name, ${COMMON} FROM runs WHERE ${IS_LINGERING}
  ORDER BY statusAtMs, runId, runAttempt, jobId
  LIMIT :limit OFFSET :skip`;

/** Prepares `StateReader.lingering`. */
export function openLingering(database: DatabaseSync): (query: LingeringQuery) => Unfinished[] {
  const select = database.prepare(LINGERING);
  return ({ beforeMs, ...page }) =>
    select.all({ ...page, beforeMs: JSON.stringify(beforeMs) }) as unknown as Unfinished[];
}
