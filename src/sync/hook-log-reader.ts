import type { Engine } from '../domain/contracts.ts';
import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import type { RetryCounts } from './backoff.ts';
import { type Checkpoints, type Cursor, OVERLAP_MS } from './checkpoints.ts';
import type { Gaps } from './gaps.ts';
import {
  type HookLogOptions,
  keptSinceMs,
  type LogSection,
  recoverSection,
  type SectionPass,
  sendsToUs,
} from './hook-log-section.ts';
import { HookTally, NO_TALLY } from './hook-tally.ts';
import type { HookWatch } from './hook-watch.ts';
import { problemOf, type SyncProblem } from './outcome.ts';
import type { Report } from './report.ts';

export interface HookLogReaderOptions extends HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery' | 'hooksOf'>;
  readonly engine: HookLogOptions['engine'] & Pick<Engine, 'countOnce'>;
  readonly report: Report;
  readonly retries: RetryCounts;
  readonly signal: AbortSignal;
  readonly hookWatch: Pick<HookWatch, 'see' | 'listed'>;
}

/** The recovery pass that the logs are read for. */
export interface RecoveryPass {
  readonly nowMs: number;
  readonly checkpoints: Checkpoints;
  readonly gaps: Gaps;
  /** Schedules another pass at that time. */
  readonly repeatAt: (atMs: number) => void;
}

/**
 * What a pass does next with the log of one hook.
 *
 * - `unverified`: neither a checkpoint nor a cursor is stored, and the hook is not the App's. It may be
 *   another tool's: look whether it sends to us. Then `latest`; else leave it alone, and look again in the
 *   next pass.
 * - `resuming`: a cursor is stored, because an earlier pass was interrupted. Read on from it, back to the
 *   checkpoint. Then the start of that earlier pass is the new checkpoint, and the next mode is `latest`. So
 *   it is when GitHub no longer knows the cursor, or the log can't be true: it is dropped.
 * - `latest`: read from the newest page back to the checkpoint. Then the start of this pass is the new
 *   checkpoint, and the log is done.
 *
 * Each finished page moves the cursor, so any mode may be interrupted at any page. What is known of a log is
 * always one piece that ends at its checkpoint, and what GitHub will delete first is read first.
 */
type Mode =
  | { readonly kind: 'unverified' }
  | { readonly kind: 'resuming'; readonly cursor: Cursor }
  | { readonly kind: 'latest' };

const LATEST: Mode = { kind: 'latest' };

/** From the latest entry back to the checkpoint, in one pass or several. */
interface Reading {
  readonly startedAtMs: number;
  readonly tally: HookTally;
}

/** Reads the logs of hooks, each once in a pass. */
export class HookLogReader {
  readonly #options: HookLogReaderOptions;
  readonly #pass: RecoveryPass;
  /**
   * Owners whose hooks we may not read, or can't read now: asking for each of their repositories is useless.
   */
  readonly #unreadableOwners = new Set<string>();

  constructor(options: HookLogReaderOptions, pass: RecoveryPass) {
    this.#options = options;
    this.#pass = pass;
  }

  /** As `read`, for all hooks of an owner or a repository that we may read. */
  async readAll(target: string, names: readonly string[]): Promise<void> {
    const { history, retries, signal, hookWatch } = this.#options;
    const isRepository = target.includes('/');
    const [owner = ''] = target.split('/');
    if (signal.aborted || (isRepository && this.#unreadableOwners.has(owner))) return;
    const about = `hooks of ${target}`;
    const hooks = await history.hooksOf(target);
    if (hooks.kind === (isRepository ? 'forbidden' : 'failed')) this.#unreadableOwners.add(owner);
    if (hooks.kind !== 'ok') return this.postpone(about, problemOf(hooks), names);
    retries.passed(about);
    hookWatch.listed(target, hooks.data);
    for (const hook of hooks.data) await this.read(hook, names);
  }

  /** Closes the gaps of these repositories as far back as the hook's log reaches. */
  async read(hook: Hook, names: readonly string[]): Promise<void> {
    let mode: Mode | null = await this.#modeOf(hook);
    while (mode !== null) mode = await this.#step(hook, names, mode);
  }

  /**
   * Leaves to the next pass the gaps that the log may close, unless it has failed too often. Gaps that start
   * before `sinceMs` don't wait.
   */
  postpone(
    about: string,
    problem: SyncProblem,
    names: readonly string[],
    sinceMs = this.#keptSinceMs(),
  ): void {
    const { retries, steady, logger } = this.#options;
    const retryAtMs = retries.failed(about, problem, steady());
    if (problem.isHopeless) return;
    const { reason } = problem;
    logger.debug('Delivery log of a hook unavailable', { about, reason });
    if (retryAtMs === null) return;
    this.#pass.repeatAt(retryAtMs);
    this.#pass.gaps.wait(sinceMs, names);
  }

  async #modeOf(hook: Hook): Promise<Mode> {
    const { checkpoints } = this.#pass;
    const cursor = await checkpoints.cursorOf(hook.name);
    if (cursor !== null) return { kind: 'resuming', cursor };
    const isOurs = hook.owner === null || (await checkpoints.ofHook(hook.name)) !== null;
    return isOurs ? LATEST : { kind: 'unverified' };
  }

  /** Returns the next mode; null: nothing more to do in this pass. */
  #step(hook: Hook, names: readonly string[], mode: Mode): Promise<Mode | null> {
    switch (mode.kind) {
      case 'unverified':
        return this.#verify(hook, names);
      case 'resuming':
        return this.#resume(hook, names, mode.cursor);
      case 'latest':
        return this.#readLatest(hook, names);
    }
  }

  async #verify(hook: Hook, names: readonly string[]): Promise<Mode | null> {
    const isOurs = await sendsToUs(hook, await this.#sinceMs(hook), this.#options);
    if (typeof isOurs === 'boolean') return isOurs ? LATEST : null;
    this.postpone(hook.name, isOurs, names);
    return null;
  }

  async #resume(hook: Hook, names: readonly string[], cursor: Cursor): Promise<Mode | null> {
    const { startedAtMs, next } = cursor;
    const reading = { startedAtMs, tally: new HookTally(hook.of, cursor.tally ?? NO_TALLY) };
    const section = await this.#readSection(hook, reading, next);
    if (!this.#options.signal.aborted && (isLost(section) || isUntrue(section))) {
      await this.#pass.checkpoints.setCursor(hook.name, null);
      return LATEST;
    }
    this.#noteRetries(hook, names, section);
    if (!section.isComplete) return null;
    await this.#finish(hook, names, section.coveredSinceMs, reading);
    return LATEST;
  }

  async #readLatest(hook: Hook, names: readonly string[]): Promise<null> {
    const { checkpoints, nowMs } = this.#pass;
    const tally = await HookTally.begin(hook, await this.#sinceMs(hook), this.#options.engine);
    const reading = { startedAtMs: nowMs, tally };
    const section = await this.#readSection(hook, reading, null);
    if (isUntrue(section)) await checkpoints.setCursor(hook.name, null);
    this.#noteRetries(hook, names, section);
    if (!section.isComplete) return null;
    // The log of an App's hook that is switched off is empty.
    const isInUse = section.attempts > 0 || (await checkpoints.ofHook(hook.name)) !== null;
    if (isInUse) await this.#finish(hook, names, section.coveredSinceMs, reading);
    return null;
  }

  /** From that page, or with null from the newest, back to the checkpoint. */
  async #readSection(hook: Hook, { startedAtMs, tally }: Reading, from: string | null): Promise<SectionPass> {
    const { checkpoints } = this.#pass;
    const { report, hookWatch } = this.#options;
    let isLatest = from === null;
    const section: LogSection = {
      hook,
      from,
      sinceMs: await this.#sinceMs(hook),
      onRead(attempts) {
        hookWatch.see(hook, attempts, isLatest);
        isLatest = false;
      },
      onTaken: (attempts) => tally.add(attempts, startedAtMs),
      onPage: (next) => checkpoints.setCursor(hook.name, { startedAtMs, next, tally: tally.state() }),
    };
    return report.pass('hook_log', { hook: hook.name }, () => recoverSection(section, this.#options));
  }

  #noteRetries(hook: Hook, names: readonly string[], section: SectionPass): void {
    if (section.isComplete || (!section.isImplausible && (section.pages > 0 || section.recovered > 0)))
      this.#options.retries.passed(hook.name);
    if (!section.isComplete) this.postpone(hook.name, section, names, section.coveredSinceMs);
  }

  /** In this order: if interrupted in between, it is done again. */
  async #finish(
    hook: Hook,
    names: readonly string[],
    coveredSinceMs: number,
    { startedAtMs, tally }: Reading,
  ): Promise<void> {
    const { checkpoints, gaps } = this.#pass;
    const { engine, logger } = this.#options;
    if (hook.isWhole) await gaps.cover({ sinceMs: coveredSinceMs, untilMs: startedAtMs }, names);
    const unreadMs = coveredSinceMs - (await this.#sinceMs(hook));
    if (unreadMs > 0) logger.warn('hook_log_too_short', { hook: hook.of, unreadMs });
    await tally.finish(hook, unreadMs, engine);
    await checkpoints.setHook(hook.name, startedAtMs);
    if ((await checkpoints.cursorOf(hook.name)) !== null) await checkpoints.setCursor(hook.name, null);
  }

  async #sinceMs({ name }: Hook): Promise<number> {
    const { beginMs, ofHook } = this.#pass.checkpoints;
    return Math.max(((await ofHook(name)) ?? beginMs) - OVERLAP_MS, beginMs);
  }

  #keptSinceMs(): number {
    return keptSinceMs(this.#options.clock);
  }
}

/**
 * Cursors are GitHub's and don't last forever. One that is refused, or that leads to an empty page, is not
 * trusted. Starting over costs only requests for pages: what is stored already is not fetched again.
 */
function isLost(pass: SectionPass): boolean {
  if (pass.entries > 0 || pass.pages > 0) return false;
  return pass.isComplete || (pass.retryAtMs === null && !pass.isRefused);
}

/** Where a log can't be true, a cursor into it proves nothing. */
function isUntrue(pass: SectionPass): boolean {
  return !pass.isComplete && pass.isImplausible;
}
