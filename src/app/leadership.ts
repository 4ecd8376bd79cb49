import { BACKFILL_WISH, type BackfillWish } from '../domain/backfill.ts';
import type { Clock, Engine } from '../domain/contracts.ts';
import { readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { LEADER_REPORT, readLeaderReport } from '../domain/replica.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { GitHubSync } from './github-sync.ts';

export interface LeadershipOptions {
  readonly lead: Pick<SharedLease, 'isHeld'>;
  readonly sync: Pick<GitHubSync, 'lead' | 'report' | 'hear' | 'backfill'>;
  readonly engine: Pick<Engine, 'readNote' | 'writeNote' | 'health'>;
  readonly clock: Clock;
}

const LOOK_EVERY_MS = 1000;
const TELL_EVERY_MS = 5000;

/**
 * Where several processes share a store: only the one that leads asks GitHub, and it tells the others what it knows
 * by that.
 */
export function followLead({ lead, sync, engine, clock }: LeadershipOptions): Repetition {
  let toldAtMs = Number.NEGATIVE_INFINITY;

  async function tell(): Promise<void> {
    const report = sync.report(clock());
    const { sinks } = await engine.health();
    const sent = sinks.flatMap(({ sink, lastSentAtMs }) =>
      lastSentAtMs === null ? [] : [readingOf(SELF.pushLastSuccess, [sink], lastSentAtMs / 1000)],
    );
    await engine.writeNote(
      LEADER_REPORT,
      JSON.stringify({ ...report, readings: [...report.readings, ...sent] }),
    );
  }

  /** What another process asked for. */
  async function grant(): Promise<void> {
    const note = await engine.readNote(BACKFILL_WISH);
    if (note === null) return;
    await engine.writeNote(BACKFILL_WISH, null);
    const wish = JSON.parse(note) as BackfillWish;
    if (wish === 'stop') await sync.backfill?.stop();
    else await sync.backfill?.start(wish.start);
    toldAtMs = Number.NEGATIVE_INFINITY;
  }

  async function look(): Promise<void> {
    const leads = lead.isHeld;
    await sync.lead(leads);
    if (leads) await grant();
    if (clock() - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = clock();
    if (leads) await tell();
    else sync.hear(readLeaderReport(await engine.readNote(LEADER_REPORT), clock()));
  }

  return repeatEvery(LOOK_EVERY_MS, () =>
    unlessUnavailable(look, () => {
      // What was heard grows old by itself, and the lead with it.
    }),
  );
}
