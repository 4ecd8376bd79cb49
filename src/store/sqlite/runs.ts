import type { DatabaseSync } from 'node:sqlite';
import { isRunOpen, runLastEventMs } from '../../domain/forgetting.ts';
import { isGone } from '../../domain/lifecycle/gone.ts';
import { runBeganAtMs, runStaleAfterMs } from '../../domain/lifecycle/stale.ts';
import type { RunState } from '../../domain/lifecycle/state.ts';
import type { StateKeys } from '../../domain/transaction.ts';
import { openStateRows, type StateShape } from './state-rows.ts';

const RUN: StateShape<RunState> = {
  table: 'runs',
  key: ['runId', 'runAttempt'],
  json: [],
  flags: ['completionCounted', 'heldCounted'],
  fields: [
    'runId',
    'runAttempt',
    'runNumber',
    'repositoryId',
    'repository',
    'workflow',
    'workflowFile',
    'status',
    'conclusion',
    'event',
    'branch',
    'headBranch',
    'headSha',
    'createdAtMs',
    'runStartedAtMs',
    'updatedAtMs',
    'firstSeenAtMs',
    'statusAtMs',
    'completionCounted',
    'heldCounted',
    'goneAtMs',
    'confirmedAtMs',
  ],
  derived: {
    beganAtMs: runBeganAtMs,
    staleAfterMs: runStaleAfterMs,
    isGone: (run) => Number(isGone(run)),
    lastEventMs: runLastEventMs,
    isOpen: (run) => Number(isRunOpen(run)),
  },
};

export interface RunTable {
  load(keys: StateKeys['runs']): RunState[];
  ofRun(runId: number): RunState[];
  /** Those that are not over. */
  open(): RunState[];
  write(run: RunState): void;
}

export function openRunTable(database: DatabaseSync): RunTable {
  const rows = openStateRows(database, RUN);
  const attempt = rows.query('WHERE run_id = ? AND run_attempt = ?');
  return {
    load: (keys) => keys.flatMap(({ runId, runAttempt }) => attempt(runId, runAttempt)),
    ofRun: rows.query('WHERE run_id = ? ORDER BY run_attempt'),
    open: rows.query(`WHERE status <> 'completed'`),
    write: rows.write,
  };
}
