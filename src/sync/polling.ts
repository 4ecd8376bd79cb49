import { forgettableBeforeMs } from '../domain/forgetting.ts';
import type { ListedRun } from '../domain/github-history.ts';
import { OVERLAP_MS, openCheckpoints } from './checkpoints.ts';
import { listRepository } from './listing.ts';
import { followNewest, glance } from './newest-runs.ts';
import { findTargets, noteBlocked, noteTargets, type Targets } from './targets.ts';
import { eachOnce, listingOf, type PollingOptions, type Watch } from './watch.ts';

/** How often a quiet repository is read. */
const LONGEST_INTERVAL_MS = 10 * 60_000;
const DEEP_EVERY_MS = 3_600_000;
/**
 * What ended this long before the checkpoint is too old. Each deep poll goes back this far, because a run may
 * be re-run.
 */
const DEEP_MS = 86_400_000;
const TARGETS_EVERY_MS = 10 * 60_000;
/** Access that was refused may be granted again, and new repositories are waiting then. */
const REFUSED_TARGETS_EVERY_MS = 60_000;
/**
 * A run that has not changed for this long does not need the shortest interval. If it is completed, its
 * unfinished jobs are no longer waited for.
 */
const QUIET_MS = 3_600_000;
const CONCURRENCY = 8;
/** In more repositories even a glance takes too many requests. */
const MAX_GLANCES = 200;

/** Reads the runs of repositories that send no webhooks, active ones more often. */
export class Polling {
  readonly #options: PollingOptions;
  readonly #watches = new Map<string, Watch>();
  #targets: Targets | null = null;
  #targetsAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  /** All of it is due. */
  makeDue(): void {
    this.#targetsAtMs = Number.NEGATIVE_INFINITY;
    for (const watch of this.#watches.values()) watch.nextAtMs = 0;
  }

  /** Polls what is due, and returns when the next round is. */
  async round(): Promise<number> {
    const { steady, signal, intervalMs } = this.#options;
    const targets = await this.#refreshTargets();
    const due = [...this.#watches.values()]
      .filter(({ nextAtMs }) => nextAtMs <= steady())
      .sort((a, b) => a.nextAtMs - b.nextAtMs);
    const unread = due.filter(({ leftOut }) => leftOut === null);
    if (unread.length > CONCURRENCY && unread.length <= MAX_GLANCES)
      await inGroups(unread, signal, (watch) => glance(watch, this.#options));
    await inGroups(due, signal, async (watch) => {
      const { blockedBy } = watch;
      await poll(watch, targets, this.#options);
      if (blockedBy !== null && watch.blockedBy === null) this.#unblock(blockedBy);
    });
    const next = Array.from(this.#watches.values(), ({ nextAtMs }) => nextAtMs);
    return Math.min(steady() + intervalMs, ...next);
  }

  async #refreshTargets(): Promise<Targets> {
    const { clock, steady, engine, report, firstReads } = this.#options;
    if (this.#targets !== null && steady() < this.#targetsAtMs) return this.#targets;
    // What is found while lists can't be read, or afterwards, is behind since they last could.
    const checkpoints = await openCheckpoints(engine, clock(), this.#options);
    const targets = await findTargets(this.#options, this.#targets);
    this.#targets = targets;
    for (const name of targets.repositories.filter((each) => !this.#watches.has(each))) {
      report.behind(name, await checkpoints.ofRepository(name));
      this.#watch(name);
    }
    const isKept = await noteTargets(targets, { checkpoints, report, nowMs: clock() });
    for (const name of [...this.#watches.keys()].filter((each) => !isKept(each))) {
      this.#watches.delete(name);
      firstReads.drop(name);
    }
    if (targets.problem !== null) return targets;
    const areListed = [...targets.owners.values()].every((each) => each === null);
    this.#targetsAtMs = steady() + (areListed ? TARGETS_EVERY_MS : REFUSED_TARGETS_EVERY_MS);
    await checkpoints.setPass(clock());
    return targets;
  }

  #watch(name: string): void {
    const start = { nextAtMs: 0, intervalMs: this.#options.intervalMs, deepAtMs: 0 };
    this.#watches.set(name, {
      name,
      ...start,
      unsettled: [],
      leftOut: null,
      isGlanced: false,
      blockedBy: null,
    });
  }

  /**
   * Access is back: whatever was refused for the same reason, and the lists, can probably be read again too.
   */
  #unblock(reason: string): void {
    this.#targetsAtMs = Number.NEGATIVE_INFINITY;
    for (const each of this.#watches.values()) if (each.blockedBy === reason) each.nextAtMs = 0;
  }
}

async function inGroups(
  watches: readonly Watch[],
  signal: AbortSignal,
  work: (watch: Watch) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < watches.length && !signal.aborted; start += CONCURRENCY)
    await Promise.all(watches.slice(start, start + CONCURRENCY).map(work));
}

async function poll(watch: Watch, targets: Targets, options: PollingOptions): Promise<void> {
  const { report, clock, steady, engine, firstReads } = options;
  const { name } = watch;
  const nowMs = clock();
  const startedAtMs = steady();
  const checkpoints = await openCheckpoints(engine, nowMs, options);
  const checkpointMs = await checkpoints.ofRepository(name);
  const isDeep = startedAtMs >= watch.deepAtMs;
  const limits = limitsOf(options, { nowMs, checkpointMs, isDeep });
  const isFirst = watch.leftOut === null;
  const priority = isFirst ? 'first_read' : 'poll';
  if (isFirst) firstReads.begin(name, limits.sinceMs, nowMs);
  const newest = followNewest(watch, { ...limits, createdSinceMs: nowMs - OVERLAP_MS, priority }, options);
  const pass = await report.pass('poll', { repository: name }, () =>
    listRepository({
      ...listingOf(watch, options),
      ...limits,
      unsettled: watch.unsettled,
      priority,
      async onProgress(progress) {
        firstReads.progress(name, progress);
        await newest.read();
      },
    }),
  );
  if (pass.isComplete) firstReads.end(name);
  else if (pass.isHopeless) firstReads.drop(name);
  // Only a deep poll sees all of them, and so shows which are gone.
  if (pass.isComplete)
    watch.leftOut = watch.leftOut === null || isDeep ? pass.leftOut : pass.leftOut.union(watch.leftOut);
  const isQuiet = ({ updatedAtMs }: ListedRun) => nowMs - updatedAtMs > QUIET_MS;
  const isActive = pass.recovered > 0 || pass.unsettled.some((run) => !isQuiet(run));
  watch.intervalMs = isActive ? options.intervalMs : Math.min(watch.intervalMs * 2, longestOf(options));
  watch.blockedBy = !pass.isComplete && pass.isHopeless ? pass.reason : null;
  watch.nextAtMs = Math.max(startedAtMs + watch.intervalMs, pass.isComplete ? 0 : (pass.retryAtMs ?? 0));
  if (!pass.isComplete) {
    await noteBlocked(name, pass, { targets, checkpoints, report, nowMs });
    watch.unsettled = eachOnce([...watch.unsettled, ...pass.unsettled, ...newest.unsettled()]);
    return;
  }
  const unsettled = eachOnce([...pass.unsettled, ...newest.unsettled()]);
  watch.unsettled = unsettled.filter((run) => !run.isCompleted || !isQuiet(run));
  if (isDeep) watch.deepAtMs = startedAtMs + DEEP_EVERY_MS;
  await checkpoints.setRepository(name, nowMs);
  report.reached(name, nowMs);
}

/** A poll that is not deep reads fewer pages; what counts as too old is the same. */
function limitsOf(
  { retentionMs }: PollingOptions,
  {
    nowMs,
    checkpointMs,
    isDeep,
  }: { readonly nowMs: number; readonly checkpointMs: number; readonly isDeep: boolean },
) {
  const oldestMs = forgettableBeforeMs(retentionMs, nowMs);
  const sinceMs = Math.max(oldestMs, checkpointMs - DEEP_MS);
  return { sinceMs, createdSinceMs: isDeep ? sinceMs : Math.max(oldestMs, checkpointMs - OVERLAP_MS) };
}

function longestOf({ intervalMs }: PollingOptions): number {
  return Math.max(intervalMs, LONGEST_INTERVAL_MS);
}
