import type { Clock, Store } from '../../domain/contracts.ts';
import { type ForgettingStep, forgottenBeforeMs } from '../../domain/forgetting.ts';
import type { MaybeSync } from '../damage-guard.ts';
import { type Database, releasePages, transact, usedBytesOf } from './database.ts';
import { openFillHistory } from './fill-history.ts';
import { openForgetting } from './forget.ts';
import { FORGOTTEN_BEFORE } from './recovery.ts';
import type { Tables } from './tables.ts';
import type { Write } from './write.ts';

type Upkeep = Pick<
  Store,
  | 'deleteSeries'
  | 'replayParked'
  | 'releaseMemory'
  | 'usedBytes'
  | 'proveDurable'
  | 'forgetSeen'
  | 'forgetRuns'
  | 'forgetHistory'
  | 'fillHistory'
  | 'packHistory'
  | 'forgetWorkflows'
>;

/** What deletes, and keeps the store fit. */
export function openUpkeep(
  database: Database,
  tables: Tables & { readonly write: Write; readonly clock: Clock },
): MaybeSync<Upkeep> {
  const { write, clock, deliveries, series, jobNumbers, workflows, history } = tables;
  const prove = database.prepare('UPDATE proofs SET proved_at_ms = ?');
  const forgetRuns = openForgetting(database);
  const fillHistory = openFillHistory(database, tables);
  return {
    deleteSeries(pick) {
      write('normal', () => {
        const list = pick();
        series.remove(list);
        jobNumbers.remove(list);
      });
    },
    replayParked: (guid) => transact(database, 'full', () => deliveries.replay(guid, clock())),
    releaseMemory: () => releasePages(database),
    usedBytes: () => usedBytesOf(database),
    proveDurable: () => transact(database, 'full', () => void prove.run(clock())),
    forgetSeen: (beforeMs, limit) =>
      transact(database, 'normal', () => deliveries.forgetSeen(beforeMs, limit)),
    fillHistory: (limit) => write('normal', () => fillHistory(limit)),
    packHistory: (beforeMs, facts) => write('normal', () => history.pack(beforeMs, facts)),
    forgetHistory: (step) => transact(database, 'normal', () => history.forget(step)),
    forgetWorkflows: (beforeMs) => transact(database, 'normal', () => workflows.forget(beforeMs)),
    forgetRuns: (step, count) =>
      write('normal', () => {
        const nowMs = clock();
        const deployments = tables.deployments.forget(step.finishedBeforeMs, step.limit);
        const forgotten = { ...forgetRuns(step), deployments };
        if (forgotten.runs + forgotten.jobs + deployments > 0) noteForgotten(step, nowMs, tables);
        series.add(count(forgotten, nowMs), nowMs);
        return forgotten;
      }),
  };
}

function noteForgotten(step: ForgettingStep, nowMs: number, { recovery }: Tables): void {
  const before = recovery.readMark(FORGOTTEN_BEFORE) ?? 0;
  recovery.writeMark(FORGOTTEN_BEFORE, Math.max(before, forgottenBeforeMs(step, nowMs)));
}
