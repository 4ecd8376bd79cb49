import type { Unexplained, UnexplainedQuery } from '../../domain/reason-delivery.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const UNEXPLAINED = statement(`
  SELECT job_id AS "jobId", run_id AS "runId", run_attempt AS "runAttempt", repository, workflow, name,
    status_at_ms AS "statusAtMs"
  FROM jobs WHERE is_reason_open = 1 AND status_at_ms < $1
  ORDER BY status_at_ms DESC, job_id DESC LIMIT $2 OFFSET $3`);

/** As `StateReader.unexplained`. */
export function unexplained(
  session: Session,
  { beforeMs, limit, skip }: UnexplainedQuery,
): Promise<Unexplained[]> {
  return session.rows<Unexplained>(UNEXPLAINED, [beforeMs ?? Number.MAX_SAFE_INTEGER, limit, skip]);
}
