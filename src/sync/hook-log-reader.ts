import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import type { Trials } from './backoff.ts';
import { type Coverage, type Gaps, type Marks, OVERLAP_MS, type Place } from './checkpoints.ts';
import {
  type HookLogOptions,
  keptSinceMs,
  recoverStretch,
  type StretchPass,
  sendsToUs,
} from './hook-log-section.ts';
import { type Problem, problemOf } from './outcome.ts';
import type { Report } from './report.ts';

export interface LogReadingOptions extends HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery' | 'hooksOf'>;
  readonly report: Report;
  readonly trials: Trials;
  readonly signal: AbortSignal;
}

/** The pass that logs are read for. */
export interface RecoveryPass {
  readonly nowMs: number;
  readonly marks: Marks;
  readonly gaps: Gaps;
  /** Asks for another pass at that time. */
  readonly askFor: (atMs: number) => void;
}

/**
 * Reads the logs of hooks, each once in a pass. It goes page by page and may be cut off anywhere. The place, and when the pass began that
 * was cut off there, are kept until somebody has read on from it to the mark of the hook: then everything up to that beginning
 * is known, which is the new mark, and what came since is read from the latest back. So what is known of a log is always
 * one piece that ends at its mark, and what GitHub will forget first is read first.
 */
export class LogReading {
  readonly #options: LogReadingOptions;
  readonly #pass: RecoveryPass;
  /** Owners whose hooks we may not read, or can't now: there is no use in asking for each repository. */
  readonly #closed = new Set<string>();

  constructor(options: LogReadingOptions, pass: RecoveryPass) {
    this.#options = options;
    this.#pass = pass;
  }

  /** As `read`, for all hooks of an owner, or of a repository, that we may read. */
  async readAll(place: string, names: readonly string[]): Promise<void> {
    const { history, trials, signal } = this.#options;
    const isRepository = place.includes('/');
    const [owner = ''] = place.split('/');
    if (signal.aborted || (isRepository && this.#closed.has(owner))) return;
    const about = `hooks of ${place}`;
    const hooks = await history.hooksOf(place);
    if (hooks.kind === (isRepository ? 'forbidden' : 'failed')) this.#closed.add(owner);
    if (hooks.kind !== 'ok') return this.waitFor(about, problemOf(hooks), names);
    trials.passed(about);
    for (const hook of hooks.data) await this.read(hook, names);
  }

  /** Closes the gaps of these repositories as far as the log of the hook reaches. */
  async read(hook: Hook, names: readonly string[]): Promise<void> {
    const place = await this.#pass.marks.placeIn(hook.name);
    const isToBeRead = await (place === null ? this.#isOurs(hook, names) : this.#stretch(hook, names, place));
    if (isToBeRead) await this.#stretch(hook, names, null);
  }

  /** Leaves to the next pass what a log may close, but for what has failed too often. Gaps from before are not held up. */
  waitFor(about: string, problem: Problem, names: readonly string[], sinceMs = this.#keptSinceMs()): void {
    const { trials, clock, logger } = this.#options;
    const retryAtMs = trials.failed(about, problem, clock());
    if (problem.isHopeless) return;
    const { reason } = problem;
    logger.debug('The log of a hook can not be read now', { about, reason, retryAtMs });
    if (retryAtMs === null) return;
    this.#pass.askFor(retryAtMs);
    this.#pass.gaps.wait(sinceMs, names);
  }

  async #isOurs(hook: Hook, names: readonly string[]): Promise<boolean> {
    if (hook.owner === null || (await this.#pass.marks.ofHook(hook.name)) !== null) return true;
    const isOurs = await sendsToUs(hook, await this.#sinceMs(hook), this.#options);
    if (typeof isOurs === 'boolean') return isOurs;
    this.waitFor(hook.name, isOurs, names);
    return false;
  }

  /** From the place, or the latest, back to the mark. Answers whether the log may now be read from the latest. */
  async #stretch(hook: Hook, names: readonly string[], place: Place | null): Promise<boolean> {
    const { report, trials, signal } = this.#options;
    const { marks, nowMs } = this.#pass;
    const startedAtMs = place?.startedAtMs ?? nowMs;
    const sinceMs = await this.#sinceMs(hook);
    const onPage = (next: string) => marks.setPlace(hook.name, { startedAtMs, next });
    const stretch = { hook, sinceMs, from: place?.next ?? null, onPage };
    const pass = await report.pass('hook_log', { hook: hook.name }, () =>
      recoverStretch(stretch, this.#options),
    );
    if (place !== null && !signal.aborted && isLost(pass)) {
      await marks.setPlace(hook.name, null);
      return true;
    }
    if (pass.isComplete || pass.pages > 0 || pass.recovered > 0) trials.passed(hook.name);
    if (!pass.isComplete) this.waitFor(hook.name, pass, names, pass.coveredSinceMs);
    // An App's hook that is switched off has an empty log.
    const isInUse = place !== null || pass.attempts > 0 || (await marks.ofHook(hook.name)) !== null;
    if (!pass.isComplete || !isInUse) return false;
    await this.#finish(hook, names, { sinceMs: pass.coveredSinceMs, untilMs: startedAtMs });
    return true;
  }

  /** In this order: what is cut off between two of them is done again. */
  async #finish(hook: Hook, names: readonly string[], coverage: Coverage): Promise<void> {
    const { marks, gaps } = this.#pass;
    await gaps.cover(coverage, names);
    await marks.setHook(hook.name, coverage.untilMs);
    if ((await marks.placeIn(hook.name)) !== null) await marks.setPlace(hook.name, null);
  }

  async #sinceMs({ name }: Hook): Promise<number> {
    const { beginMs, ofHook } = this.#pass.marks;
    return Math.max(((await ofHook(name)) ?? beginMs) - OVERLAP_MS, beginMs);
  }

  #keptSinceMs(): number {
    return keptSinceMs(this.#options.clock);
  }
}

/**
 * Places are GitHub's and do not last for ever. One that is refused, or behind which is nothing at all, is not believed: what is here
 * already costs nothing but the pages.
 */
function isLost(pass: StretchPass): boolean {
  if (pass.entries > 0 || pass.pages > 0) return false;
  return pass.isComplete || (pass.retryAtMs === null && !pass.isRefused);
}
