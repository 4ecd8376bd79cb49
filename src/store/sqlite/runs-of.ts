import type { DatabaseSync } from 'node:sqlite';
import type { RunsOf } from '../packed-filter.ts';
import { ATTEMPTS, MOST_RUNS, RunKeys } from '../run-keys.ts';

/** For one question: it asks for the runs of a filter once, however many kinds of facts it reads. */
export function openRunsOf(database: DatabaseSync): RunsOf {
  const known = new Map<string, RunKeys | null>();
  return ({ branch, event }) => {
    const key = JSON.stringify([branch, event]);
    if (!known.has(key)) known.set(key, readRuns(database, branch, event));
    return known.get(key) ?? null;
  };
}

/** All in one text: a row for each takes three times as long. */
function readRuns(
  database: DatabaseSync,
  branch: readonly string[],
  event: readonly string[],
): RunKeys | null {
  const among = (column: string, { length }: readonly string[]) =>
    length === 0 ? 'TRUE' : `${column} IN (${Array(length).fill('?').join(', ')})`;
  const select = database.prepare(
    `SELECT COUNT(*) AS count, group_concat(run_id * ${ATTEMPTS} + run_attempt) AS keys FROM (
       SELECT run_id, run_attempt FROM runs WHERE ${among('branch', branch)} AND ${among('event', event)}
       LIMIT ${MOST_RUNS + 1})`,
  );
  const { count, keys } = select.get(...branch, ...event) ?? {};
  if (Number(count) > MOST_RUNS) return null;
  const found = new RunKeys(Number(count));
  for (const key of JSON.parse(`[${keys ?? ''}]`)) found.add(key);
  return found;
}
