import type { DatabaseSync } from 'node:sqlite';
import { type RunsOf, runKey } from './fact-filters.ts';

/** For one question: it asks for the runs of a filter once, however many kinds of facts it reads. */
export function openRunsOf(database: DatabaseSync): RunsOf {
  const known = new Map<string, ReadonlySet<number>>();
  return ({ branch, event }) => {
    const key = JSON.stringify([branch, event]);
    const found = known.get(key) ?? readRuns(database, branch, event);
    known.set(key, found);
    return found;
  };
}

function readRuns(database: DatabaseSync, branch: readonly string[], event: readonly string[]): Set<number> {
  const among = (column: string, { length }: readonly string[]) =>
    length === 0 ? 'TRUE' : `${column} IN (${Array(length).fill('?').join(', ')})`;
  const select = database.prepare(
    `SELECT run_id, run_attempt FROM runs WHERE ${among('branch', branch)} AND ${among('event', event)}`,
  );
  select.setReturnArrays(true);
  const rows = select.all(...branch, ...event) as unknown as readonly [number, number][];
  return new Set(rows.map(([runId, runAttempt]) => runKey(runId, runAttempt)));
}
