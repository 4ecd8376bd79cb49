import type { Store } from '../../domain/contracts.ts';
import { type ForgettingStep, forgottenBeforeMs } from '../../domain/forgetting.ts';
import { correctTimes } from './correct-times.ts';
import { forgetDeployments } from './deployments.ts';
import { forgetRuns } from './forget.ts';
import { openForgetSeen } from './forget-seen.ts';
import { findTables, refuseClosed } from './found-tables.ts';
import { removeJobNumbers } from './job-numbers.ts';
import { openPacking } from './packed-hours.ts';
import type { StoreParts } from './parts.ts';
import { FORGOTTEN_BEFORE, readMark, writeMark } from './recovery.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import { nowSql } from './time.ts';
import { forgetWorkflows } from './workflows.ts';

type Upkeep = Pick<
  Store,
  | 'deleteSeries'
  | 'replayParked'
  | 'releaseMemory'
  | 'usedBytes'
  | 'proveDurable'
  | 'provePlace'
  | 'forgetSeen'
  | 'forgetRuns'
  | 'forgetHistory'
  | 'fillHistory'
  | 'packHistory'
  | 'forgetWorkflows'
  | 'correctTimes'
  | 'renewLog'
  | 'logStatus'
>;

/** With indexes, and with room that is free for what comes next. */
const SIZE = statement(
  `SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
   WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`,
);
const PROVE = statement(
  `INSERT INTO marks (name, value) VALUES ('proved', ${nowSql('$1')})
   ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
);

/** What deletes, and keeps the store fit. */
export function openUpkeep(parts: StoreParts): Upkeep {
  const { connections, write, tables, self } = parts;
  return {
    ...openForgetting(parts),
    deleteSeries: (pick) =>
      write(async (session) => {
        await session.begun;
        const removed = pick();
        removeJobNumbers(session, removed);
        return { result: undefined, counts: { removed } };
      }),
    replayParked: (guid) => connections.transact((session) => tables.deliveries.replay(session, guid)),
    correctTimes: (correction) =>
      write(async (session) => {
        const { nowMs } = await session.begun;
        correctTimes(session, correction, { replicaId: self.id, nowMs });
        return { result: undefined };
      }),
    usedBytes: async () => {
      const [row] = await connections.read((session) => session.rows<{ readonly bytes: number }>(SIZE));
      return row?.bytes ?? 0;
    },
    proveDurable: () => proveDurable(parts),
    // The database server looks after its own files, memory and log.
    provePlace: async () => undefined,
    releaseMemory: async () => undefined,
    renewLog: async () => undefined,
    logStatus: async () => ({ bytes: 0, isHeld: false }),
    // There was always a history.
    fillHistory: async () => true,
    packHistory: openPacking(connections, write),
  };
}

/**
 * In the one order, as a delivery: what holds up deliveries, or refuses them, has to be noticed. Others have nothing to
 * read of it.
 */
async function proveDurable({ write, time }: StoreParts): Promise<void> {
  const found = await write(async (session) => {
    session.send(PROVE, [time()]);
    const [, result] = await Promise.all([session.begun, findTables(session)]);
    return { result };
  });
  refuseClosed(found);
}

function openForgetting({
  connections,
  write,
  tables,
}: StoreParts): Pick<Upkeep, 'forgetSeen' | 'forgetHistory' | 'forgetWorkflows' | 'forgetRuns'> {
  const forgetSeen = openForgetSeen();
  return {
    forgetSeen: (beforeMs, limit) => connections.transact((session) => forgetSeen(session, beforeMs, limit)),
    forgetHistory: (step) => connections.transact((session) => tables.history.forget(session, step)),
    forgetWorkflows: (beforeMs) =>
      write(async (session) => {
        const [, result] = await Promise.all([session.begun, forgetWorkflows(session, beforeMs)]);
        return { result };
      }),
    forgetRuns: (step, count) =>
      write(async (session) => {
        const [{ nowMs }, runs, deployments, mark] = await Promise.all([
          session.begun,
          forgetRuns(session, step),
          forgetDeployments(session, step.finishedBeforeMs, step.limit),
          readMark(session, FORGOTTEN_BEFORE),
        ]);
        const result = { ...runs, deployments };
        const isAny = result.runs + result.jobs + deployments > 0;
        if (isAny) noteForgotten(session, step, { nowMs, mark });
        return { result, counts: { increments: count(result, nowMs), changesStates: isAny } };
      }),
  };
}

function noteForgotten(
  session: Session,
  step: ForgettingStep,
  { nowMs, mark }: { readonly nowMs: number; readonly mark: number | null },
): void {
  writeMark(session, FORGOTTEN_BEFORE, Math.max(mark ?? 0, forgottenBeforeMs(step, nowMs)));
}
