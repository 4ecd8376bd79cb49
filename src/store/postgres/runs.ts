import type { RunState } from '../../domain/lifecycle/state.ts';
import type { StateKeys } from '../../domain/transaction.ts';
import { RUN } from '../run-shape.ts';
import type { Session } from './session.ts';
import { openStateRows } from './state-rows.ts';
import { statement } from './statement.ts';

const ROWS = openStateRows(RUN);

/** As `LOAD` of jobs.ts. */
const LOAD = statement(
  `SELECT ${ROWS.selected} FROM unnest($1::bigint[], $2::integer[]) AS key (run, attempt)
     CROSS JOIN LATERAL (SELECT * FROM runs WHERE run_id = key.run AND run_attempt = key.attempt OFFSET 0) AS runs`,
);

export async function loadRuns(session: Session, keys: StateKeys['runs']): Promise<RunState[]> {
  if (keys.length === 0) return [];
  const each = new Map(keys.map((key) => [`${key.runId} ${key.runAttempt}`, key]));
  const ids = Array.from(each.values(), ({ runId }) => runId);
  return ROWS.statesOf(session, LOAD, [ids, Array.from(each.values(), ({ runAttempt }) => runAttempt)]);
}

export const runsOfRun = ROWS.query('WHERE run_id = $1 ORDER BY run_attempt');
/** Those that are not over. */
export const openRuns = ROWS.query(`WHERE status <> 'completed'`);
/** Those that settle by that time, up to a limit. */
export const settlingRuns = ROWS.query('WHERE settles_at_ms <= $1 ORDER BY settles_at_ms LIMIT $2');
export const writeRuns = ROWS.write;
