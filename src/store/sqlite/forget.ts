import type { DatabaseSync } from 'node:sqlite';
import { type ForgettingStep, type Forgotten, mayForget } from '../../domain/forgetting.ts';

/** Looks at the next runs and forgets those that may go. Runs inside of the caller's transaction. */
export type ForgetRuns = (step: ForgettingStep) => Omit<Forgotten, 'deployments'>;

/** A run may have thousands of jobs: a step ends after the one with which it has removed so many rows. */
const ROWS_AT_ONCE = 2000;
/** Before every run id. */
const BEGINNING = Number.MIN_SAFE_INTEGER;

/** A run is known by its events, by its jobs, or only by observations that were ignored. */
const NEXT = `
  SELECT MIN(run_id) AS id FROM (
    SELECT (SELECT run_id FROM runs WHERE run_id > :after ORDER BY run_id LIMIT 1) AS run_id UNION ALL
    SELECT (SELECT run_id FROM jobs WHERE run_id > :after ORDER BY run_id LIMIT 1) UNION ALL
    SELECT (SELECT run_id FROM observations WHERE run_id > :after ORDER BY run_id LIMIT 1))`;

const STATES = `
  SELECT MAX(last_event_ms) AS lastMs, MAX(is_open) AS isOpen FROM (
    SELECT last_event_ms, is_open FROM runs WHERE run_id = :run UNION ALL
    SELECT last_event_ms, is_open FROM jobs WHERE run_id = :run)`;

/** Long after its own times, if deliveries are repeated or a recording is replayed. */
const LAST_RECEIPT = `SELECT MAX(json_extract(entry, '$[0]')) AS lastMs FROM observations WHERE run_id = :run`;

export function openForgetting(database: DatabaseSync): ForgetRuns {
  const next = database.prepare(NEXT);
  const mayGo = openVerdict(database);
  const removal = (table: string) => database.prepare(`DELETE FROM ${table} WHERE run_id = ?`);
  const [runs, jobs, observations] = ['runs', 'jobs', 'observations'].map(removal);

  return (step) => {
    const gone = { runs: 0, jobs: 0 };
    let after = step.afterRunId ?? BEGINNING;
    let rows = 0;
    for (let looked = 0; looked < step.limit && rows < ROWS_AT_ONCE; looked += 1) {
      const id = next.get({ after })?.['id'];
      if (typeof id !== 'number') return { ...gone, lastRunId: null };
      after = id;
      if (!mayGo(id, step)) continue;
      const removed = [runs, jobs, observations].map((each) => Number(each?.run(id).changes));
      gone.runs += removed[0] ?? 0;
      gone.jobs += removed[1] ?? 0;
      rows += removed.reduce((sum, count) => sum + count, 0);
    }
    return { ...gone, lastRunId: after };
  };
}

/** Prepares the question whether a run may go; the costly part of it is asked last. */
function openVerdict(database: DatabaseSync): (run: number, step: ForgettingStep) => boolean {
  const states = database.prepare(STATES);
  const lastReceipt = database.prepare(LAST_RECEIPT);
  return (run, step) => {
    const state = states.get({ run });
    const isOpen = state?.['isOpen'] === 1;
    if (!mayForget({ isOpen, lastEventMs: Number(state?.['lastMs']) }, step)) return false;
    return mayForget({ isOpen, lastEventMs: Number(lastReceipt.get({ run })?.['lastMs']) }, step);
  };
}
