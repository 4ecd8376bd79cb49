import type { Clock, Engine, Logger, RecoveryNotes } from '../domain/contracts.ts';
import type { GitHubHistory, ListedRun } from '../domain/github-history.ts';
import { listRepository } from './listing.ts';
import { OVERLAP_MS, openMarks } from './marks.ts';
import { findPlaces, type RepositoryPattern } from './places.ts';
import type { Report } from './report.ts';

export interface PollingOptions {
  readonly history: GitHubHistory;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | keyof RecoveryNotes>;
  readonly patterns: readonly RepositoryPattern[];
  /** How often a repository is read in which something is going on. */
  readonly intervalMs: number;
  /** States that are older are forgotten and would count again; null: none are. */
  readonly retentionMs: number | null;
  readonly report: Report;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** How a repository is polled. */
interface Watch {
  readonly name: string;
  nextAtMs: number;
  intervalMs: number;
  /** When to look for old runs that were started again. */
  deepAtMs: number;
  unsettled: readonly ListedRun[];
}

/** A repository in which nothing happens is read this often. */
const LONGEST_INTERVAL_MS = 10 * 60_000;
const DEEP_EVERY_MS = 3_600_000;
/** So far back from the mark goes each deep look, because a run may be started again. */
const DEEP_MS = 86_400_000;
const PLACES_EVERY_MS = 10 * 60_000;
/** What has not changed for so long does not call for the shortest interval; when it is completed, what is open in it stays so. */
const QUIET_MS = 3_600_000;
const TOGETHER = 8;

/**
 * Reads the runs of repositories that send no webhooks, those in which something is going on more often. The function that it
 * answers makes one round, and answers when the next one is due.
 */
export function createPolling(options: PollingOptions): () => Promise<number> {
  const { clock, signal } = options;
  const watches = new Map<string, Watch>();
  let placesAtMs = Number.NEGATIVE_INFINITY;

  async function refreshPlaces(): Promise<void> {
    if (clock() - placesAtMs < PLACES_EVERY_MS) return;
    // What is met while lists can't be read, or after it, is behind since the last time they could.
    const marks = await openMarks(options.engine, clock());
    const { repositories, problem } = await findPlaces(options);
    for (const name of repositories) {
      await marks.ofRepository(name);
      const { intervalMs } = options;
      const fresh = { name, nextAtMs: 0, intervalMs, deepAtMs: 0, unsettled: [] };
      watches.set(name, watches.get(name) ?? fresh);
    }
    const isGone = (name: string) => problem === null && !repositories.includes(name);
    for (const name of [...watches.keys()].filter(isGone)) watches.delete(name);
    if (problem !== null) return;
    placesAtMs = clock();
    await marks.setPass(clock());
  }

  return async () => {
    await refreshPlaces();
    const due = [...watches.values()]
      .filter(({ nextAtMs }) => nextAtMs <= clock())
      .sort((a, b) => a.nextAtMs - b.nextAtMs);
    for (let start = 0; start < due.length && !signal.aborted; start += TOGETHER)
      await Promise.all(due.slice(start, start + TOGETHER).map((watch) => poll(watch, options)));
    const next = Array.from(watches.values(), ({ nextAtMs }) => nextAtMs);
    return Math.min(clock() + options.intervalMs, ...next);
  };
}

async function poll(watch: Watch, options: PollingOptions): Promise<void> {
  const { report, clock, engine } = options;
  const { name } = watch;
  const nowMs = clock();
  const marks = await openMarks(engine, nowMs);
  const markMs = await marks.ofRepository(name);
  const isDeep = nowMs >= watch.deepAtMs;
  const oldestMs = options.retentionMs === null ? 0 : nowMs - options.retentionMs;
  const sinceMs = Math.max(oldestMs, markMs - (isDeep ? DEEP_MS : OVERLAP_MS));
  report.marks.set(name, markMs);
  const pass = await report.pass('poll', { repository: name }, () =>
    listRepository({ ...options, repository: name, sinceMs, unsettled: watch.unsettled, priority: 'poll' }),
  );
  const isQuiet = ({ updatedAtMs }: ListedRun) => nowMs - updatedAtMs > QUIET_MS;
  const isActive = pass.recovered > 0 || pass.unsettled.some((run) => !isQuiet(run));
  watch.intervalMs = isActive ? options.intervalMs : Math.min(watch.intervalMs * 2, longestOf(options));
  watch.nextAtMs = Math.max(nowMs + watch.intervalMs, pass.isComplete ? 0 : (pass.retryAtMs ?? 0));
  if (!pass.isComplete) {
    if (pass.isHopeless && !pass.isRefused) report.marks.delete(name);
    watch.unsettled = [
      ...new Map([...watch.unsettled, ...pass.unsettled].map((run) => [run.runId, run])).values(),
    ];
    return;
  }
  watch.unsettled = pass.unsettled.filter((run) => !run.isCompleted || !isQuiet(run));
  if (isDeep) watch.deepAtMs = nowMs + DEEP_EVERY_MS;
  await marks.setRepository(name, nowMs);
  report.marks.set(name, nowMs);
}

function longestOf({ intervalMs }: PollingOptions): number {
  return Math.max(intervalMs, LONGEST_INTERVAL_MS);
}
