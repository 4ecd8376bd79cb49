import type { DatabaseSync } from 'node:sqlite';
import type { RunState } from '../../domain/lifecycle/state.ts';
import type { StateKeys } from '../../domain/transaction.ts';
import { RUN } from '../run-shape.ts';
import { openStateRows } from './state-rows.ts';

export interface RunTable {
  load(keys: StateKeys['runs']): RunState[];
  ofRun(runId: number): RunState[];
  /** Those that are not over. */
  open(): RunState[];
  /** Those that settle by then. */
  settling(nowMs: number, limit: number): RunState[];
  write(run: RunState): void;
}

export function openRunTable(database: DatabaseSync): RunTable {
  const rows = openStateRows(database, RUN);
  const attempt = rows.query('WHERE run_id = ? AND run_attempt = ?');
  return {
    load: (keys) => keys.flatMap(({ runId, runAttempt }) => attempt(runId, runAttempt)),
    ofRun: rows.query('WHERE run_id = ? ORDER BY run_attempt'),
    open: rows.query(`WHERE status <> 'completed'`),
    settling: rows.query('WHERE settles_at_ms <= ? ORDER BY settles_at_ms LIMIT ?'),
    write: rows.write,
  };
}
