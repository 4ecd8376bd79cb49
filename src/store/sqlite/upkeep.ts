import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Store } from '../../domain/contracts.ts';
import { type ForgettingStep, forgottenBeforeMs } from '../../domain/forgetting.ts';
import { releasePages, transact, usedBytesOf } from './database.ts';
import { openForgetting } from './forget.ts';
import type { Tables } from './reader.ts';
import { FORGOTTEN_BEFORE } from './recovery.ts';
import type { Write } from './write.ts';

/** What keeps the store in order. */
export function openUpkeep(
  database: DatabaseSync,
  {
    write,
    clock,
    deliveries,
    series,
    jobNumbers,
    recovery,
    workflows,
  }: Pick<Tables, 'deliveries' | 'series' | 'jobNumbers' | 'recovery' | 'workflows'> & {
    write: Write;
    clock: Clock;
  },
): Pick<
  Store,
  | 'deleteSeries'
  | 'replayParked'
  | 'releaseMemory'
  | 'usedBytes'
  | 'proveDurable'
  | 'forgetSeen'
  | 'forgetRuns'
  | 'forgetWorkflows'
> {
  const prove = database.prepare('UPDATE proofs SET proved_at_ms = ?');
  const forgetRuns = openForgetting(database);

  function noteForgotten(step: ForgettingStep, nowMs: number): void {
    const before = recovery.readMark(FORGOTTEN_BEFORE) ?? 0;
    recovery.writeMark(FORGOTTEN_BEFORE, Math.max(before, forgottenBeforeMs(step, nowMs)));
  }

  return {
    async deleteSeries(list) {
      write('normal', () => {
        series.remove(list);
        jobNumbers.remove(list);
      });
    },
    async replayParked(guid) {
      return transact(database, 'full', () => deliveries.replay(guid, clock()));
    },
    async releaseMemory() {
      releasePages(database);
    },
    async usedBytes() {
      return usedBytesOf(database);
    },
    async proveDurable() {
      transact(database, 'full', () => prove.run(clock()));
    },
    async forgetSeen(beforeMs, limit) {
      return transact(database, 'normal', () => deliveries.forgetSeen(beforeMs, limit));
    },
    async forgetWorkflows(beforeMs) {
      return transact(database, 'normal', () => workflows.forget(beforeMs));
    },
    async forgetRuns(step, count) {
      return write('normal', () => {
        const nowMs = clock();
        const forgotten = forgetRuns(step);
        if (forgotten.runs + forgotten.jobs > 0) noteForgotten(step, nowMs);
        series.add(count(forgotten, nowMs), nowMs);
        return forgotten;
      });
    },
  };
}
