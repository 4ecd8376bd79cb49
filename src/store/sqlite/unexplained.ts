import type { DatabaseSync } from 'node:sqlite';
import type { Unexplained, UnexplainedQuery } from '../../domain/reason-delivery.ts';

const UNEXPLAINED = `
  SELECT job_id AS jobId, run_id AS runId, run_attempt AS runAttempt, repository, workflow, name,
    status_at_ms AS statusAtMs
  FROM jobs WHERE is_reason_open = 1 AND status_at_ms < :beforeMs
  ORDER BY status_at_ms DESC, job_id DESC LIMIT :limit OFFSET :skip`;

/** Prepares `StateReader.unexplained`. */
export function openUnexplained(database: DatabaseSync): (query: UnexplainedQuery) => Unexplained[] {
  const select = database.prepare(UNEXPLAINED);
  return ({ beforeMs, ...page }) =>
    select.all({ ...page, beforeMs: beforeMs ?? Number.MAX_SAFE_INTEGER }) as unknown as Unexplained[];
}
