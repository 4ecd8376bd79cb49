import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import type { RetryCounts } from './backoff.ts';
import { type Checkpoints, type Coverage, type Cursor, type Gaps, OVERLAP_MS } from './checkpoints.ts';
import {
  type HookLogOptions,
  keptSinceMs,
  recoverSection,
  type SectionPass,
  sendsToUs,
} from './hook-log-section.ts';
import { problemOf, type SyncProblem } from './outcome.ts';
import type { Report } from './report.ts';

export interface HookLogReaderOptions extends HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery' | 'hooksOf'>;
  readonly report: Report;
  readonly retries: RetryCounts;
  readonly signal: AbortSignal;
}

/** The pass that logs are read for. */
export interface RecoveryPass {
  readonly nowMs: number;
  readonly checkpoints: Checkpoints;
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
export class HookLogReader {
  readonly #options: HookLogReaderOptions;
  readonly #pass: RecoveryPass;
  /** Owners whose hooks we may not read, or can't now: there is no use in asking for each repository. */
  readonly #unreadableOwners = new Set<string>();

  constructor(options: HookLogReaderOptions, pass: RecoveryPass) {
    this.#options = options;
    this.#pass = pass;
  }

  /** As `read`, for all hooks of an owner, or of a repository, that we may read. */
  async readAll(target: string, names: readonly string[]): Promise<void> {
    const { history, retries, signal } = this.#options;
    const isRepository = target.includes('/');
    const [owner = ''] = target.split('/');
    if (signal.aborted || (isRepository && this.#unreadableOwners.has(owner))) return;
    const about = `hooks of ${target}`;
    const hooks = await history.hooksOf(target);
    if (hooks.kind === (isRepository ? 'forbidden' : 'failed')) this.#unreadableOwners.add(owner);
    if (hooks.kind !== 'ok') return this.postpone(about, problemOf(hooks), names);
    retries.passed(about);
    for (const hook of hooks.data) await this.read(hook, names);
  }

  /** Closes the gaps of these repositories as far as the log of the hook reaches. */
  async read(hook: Hook, names: readonly string[]): Promise<void> {
    const cursor = await this.#pass.checkpoints.cursorOf(hook.name);
    const isToBeRead = await (cursor === null
      ? this.#isOurs(hook, names)
      : this.#section(hook, names, cursor));
    if (isToBeRead) await this.#section(hook, names, null);
  }

  /** Leaves to the next pass what a log may close, but for what has failed too often. Gaps from before are not held up. */
  postpone(
    about: string,
    problem: SyncProblem,
    names: readonly string[],
    sinceMs = this.#keptSinceMs(),
  ): void {
    const { retries, clock, logger } = this.#options;
    const retryAtMs = retries.failed(about, problem, clock());
    if (problem.isHopeless) return;
    const { reason } = problem;
    logger.debug('The log of a hook can not be read now', { about, reason, retryAtMs });
    if (retryAtMs === null) return;
    this.#pass.askFor(retryAtMs);
    this.#pass.gaps.wait(sinceMs, names);
  }

  async #isOurs(hook: Hook, names: readonly string[]): Promise<boolean> {
    if (hook.owner === null || (await this.#pass.checkpoints.ofHook(hook.name)) !== null) return true;
    const isOurs = await sendsToUs(hook, await this.#sinceMs(hook), this.#options);
    if (typeof isOurs === 'boolean') return isOurs;
    this.postpone(hook.name, isOurs, names);
    return false;
  }

  /** From the place, or the latest, back to the mark. Answers whether the log may now be read from the latest. */
  async #section(hook: Hook, names: readonly string[], cursor: Cursor | null): Promise<boolean> {
    const { report, retries, signal } = this.#options;
    const { checkpoints, nowMs } = this.#pass;
    const startedAtMs = cursor?.startedAtMs ?? nowMs;
    const sinceMs = await this.#sinceMs(hook);
    const onPage = (next: string) => checkpoints.setCursor(hook.name, { startedAtMs, next });
    const section = { hook, sinceMs, from: cursor?.next ?? null, onPage };
    const pass = await report.pass('hook_log', { hook: hook.name }, () =>
      recoverSection(section, this.#options),
    );
    if (cursor !== null && !signal.aborted && isLost(pass)) {
      await checkpoints.setCursor(hook.name, null);
      return true;
    }
    if (pass.isComplete || pass.pages > 0 || pass.recovered > 0) retries.passed(hook.name);
    if (!pass.isComplete) this.postpone(hook.name, pass, names, pass.coveredSinceMs);
    // An App's hook that is switched off has an empty log.
    const isInUse = cursor !== null || pass.attempts > 0 || (await checkpoints.ofHook(hook.name)) !== null;
    if (!pass.isComplete || !isInUse) return false;
    await this.#finish(hook, names, { sinceMs: pass.coveredSinceMs, untilMs: startedAtMs });
    return true;
  }

  /** In this order: what is cut off between two of them is done again. */
  async #finish(hook: Hook, names: readonly string[], coverage: Coverage): Promise<void> {
    const { checkpoints, gaps } = this.#pass;
    await gaps.cover(coverage, names);
    await checkpoints.setHook(hook.name, coverage.untilMs);
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
 * Places are GitHub's and do not last for ever. One that is refused, or behind which is nothing at all, is not believed: what is here
 * already costs nothing but the pages.
 */
function isLost(pass: SectionPass): boolean {
  if (pass.entries > 0 || pass.pages > 0) return false;
  return pass.isComplete || (pass.retryAtMs === null && !pass.isRefused);
}
