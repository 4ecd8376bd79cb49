import type { LingeringQuery, Unfinished } from '../../domain/unfinished.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const IS_LINGERING = `status <> 'completed' AND status_at_ms < ($1::json ->> status)::double precision AND is_gone = 0`;

const COMMON =
  'run_id AS "runId", run_attempt AS "runAttempt", repository, workflow, status, status_at_ms AS "statusAtMs"';

const LINGERING = statement(`
  SELECT job_id AS "jobId", name, ${COMMON} FROM jobs WHERE ${IS_LINGERING} AND is_job = 1
  UNION ALL
  SELECT NULL AS "jobId", '' AS name, ${COMMON} FROM runs WHERE ${IS_LINGERING}
  ORDER BY "statusAtMs", "runId", "runAttempt", "jobId" NULLS FIRST
  LIMIT $2 OFFSET $3`);

/** As `StateReader.lingering`. */
export function lingering(
  session: Session,
  { beforeMs, limit, skip }: LingeringQuery,
): Promise<Unfinished[]> {
  return session.rows<Unfinished>(LINGERING, [JSON.stringify(beforeMs), limit, skip]);
}
