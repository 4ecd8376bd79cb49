import { type ForgettingStep, type Forgotten, mayForget } from '../../domain/forgetting.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** A run may have thousands of jobs: a step ends after the one with which it removes so many rows. */
const ROWS_AT_ONCE = 2000;
/** Before every run id. */
const BEGINNING = Number.MIN_SAFE_INTEGER;

/** A run is known by its events, by its jobs, or only by observations that were ignored. */
const next = (after: string) => `
  (SELECT MIN(run_id) FROM (
     (SELECT run_id FROM runs WHERE run_id > ${after} ORDER BY run_id LIMIT 1) UNION ALL
     (SELECT run_id FROM jobs WHERE run_id > ${after} ORDER BY run_id LIMIT 1) UNION ALL
     (SELECT run_id FROM observations WHERE run_id > ${after} ORDER BY run_id LIMIT 1)) AS each)`;

/**
 * The next runs. Only for those that may go as far as their states tell, when the last delivery was received: long
 * after its own times, if deliveries are repeated or a recording is replayed.
 */
const LOOK = statement(`
  WITH RECURSIVE next (id, place) AS (
    SELECT ${next('$1::bigint')}, 1
    UNION ALL SELECT ${next('next.id')}, place + 1 FROM next WHERE id IS NOT NULL AND place < $2::integer)
  SELECT id AS "runId", runs, jobs, "isOpen", "lastMs", observations, "receiptMs"
  FROM next
    CROSS JOIN LATERAL (
      SELECT COUNT(*) FILTER (WHERE is_run) AS runs, COUNT(*) FILTER (WHERE NOT is_run) AS jobs,
        COALESCE(MAX(is_open), 0) = 1 AS "isOpen", MAX(last_event_ms) AS "lastMs"
      FROM (
        SELECT TRUE AS is_run, last_event_ms, is_open FROM runs WHERE run_id = next.id UNION ALL
        SELECT FALSE, last_event_ms, is_open FROM jobs WHERE run_id = next.id) AS state) AS states
    CROSS JOIN LATERAL (
      SELECT COUNT(*) AS observations, MAX(received_at_ms) AS "receiptMs" FROM observations
      WHERE run_id = next.id AND COALESCE(
        "lastMs" < CASE WHEN "isOpen" THEN $4::double precision ELSE $3::double precision END, TRUE)) AS receipts
  WHERE id IS NOT NULL
  ORDER BY place`);

interface RunFound {
  readonly runId: number;
  readonly runs: number;
  readonly jobs: number;
  readonly isOpen: boolean;
  readonly lastMs: number | null;
  readonly observations: number;
  readonly receiptMs: number | null;
}

const REMOVE = ['runs', 'jobs', 'observations'].map((table) =>
  statement(`DELETE FROM ${table} WHERE run_id = ANY ($1::bigint[])`),
);

/** Looks at the next runs and forgets those that may go. Another transaction must not change them meanwhile. */
export async function forgetRuns(
  session: Session,
  step: ForgettingStep,
): Promise<Omit<Forgotten, 'deployments'>> {
  const found = await session.rows<RunFound>(LOOK, [
    step.afterRunId ?? BEGINNING,
    step.limit,
    step.finishedBeforeMs,
    step.unfinishedBeforeMs,
  ]);
  const gone: RunFound[] = [];
  let rows = 0;
  let looked = 0;
  for (const run of found) {
    if (rows >= ROWS_AT_ONCE) break;
    looked += 1;
    if (!mayGo(run, step)) continue;
    gone.push(run);
    rows += run.runs + run.jobs + run.observations;
  }
  const ids = gone.map(({ runId }) => runId);
  if (ids.length > 0) for (const remove of REMOVE) session.send(remove, [ids]);
  const isEnd = looked === found.length && looked < step.limit && rows < ROWS_AT_ONCE;
  return {
    runs: sumOf(gone, 'runs'),
    jobs: sumOf(gone, 'jobs'),
    lastRunId: isEnd ? null : (found[looked - 1]?.runId ?? step.afterRunId),
  };
}

function mayGo({ isOpen, lastMs, receiptMs }: RunFound, step: ForgettingStep): boolean {
  return mayForget({ isOpen, lastEventMs: Math.max(lastMs ?? 0, receiptMs ?? 0) }, step);
}

function sumOf(found: readonly RunFound[], count: 'runs' | 'jobs'): number {
  return found.reduce((sum, each) => sum + each[count], 0);
}
