import type { DatabaseSync } from 'node:sqlite';
import { type RunsOf, runKey } from './fact-filters.ts';

/** More would not fit into the heap of the thread that reads, which would take the whole process with it. */
const MOST_RUNS = 500_000;

/** For one question: it asks for the runs of a filter once, however many kinds of facts it reads. */
export function openRunsOf(database: DatabaseSync): RunsOf {
  const known = new Map<string, ReadonlySet<number> | null>();
  return ({ branch, event }) => {
    const key = JSON.stringify([branch, event]);
    if (!known.has(key)) known.set(key, readRuns(database, branch, event));
    return known.get(key) ?? null;
  };
}

function readRuns(
  database: DatabaseSync,
  branch: readonly string[],
  event: readonly string[],
): Set<number> | null {
  const among = (column: string, { length }: readonly string[]) =>
    length === 0 ? 'TRUE' : `${column} IN (${Array(length).fill('?').join(', ')})`;
  const select = database.prepare(
    `SELECT run_id, run_attempt FROM runs WHERE ${among('branch', branch)} AND ${among('event', event)}
     LIMIT ${MOST_RUNS + 1}`,
  );
  select.setReturnArrays(true);
  const rows = select.all(...branch, ...event) as unknown as readonly [number, number][];
  if (rows.length > MOST_RUNS) return null;
  return new Set(rows.map(([runId, runAttempt]) => runKey(runId, runAttempt)));
}
