import type { Clock, Logger } from '../domain/contracts.ts';
import type { SyncProblem } from './outcome.ts';

/*
 * What GitHub does not let us read, for as long as that lasts. Without it, a service that has lost its access
 * looks like one with nothing to do.
 */

interface AccessProblem {
  readonly problem: SyncProblem;
  readonly sinceMs: number;
  /** A person had to act, and nothing was read since. */
  readonly isSure: boolean;
  readonly isExtra: boolean;
}

export interface NoteOptions {
  /** The client has logged it. */
  readonly isLogged?: boolean;
  /** It is read beside the runs and jobs, which are all there without it: a bill, or runners. */
  readonly isExtra?: boolean;
}

/** What may pass by itself is reported once it has lasted this long, or is known to. */
const GRACE_MS = 15 * 60_000;
/** Targets that are named for one reason, and reasons that are shown. */
const MAX_TARGETS_NAMED = 3;
const MAX_REASONS = 10;

/**
 * The targets that can't be read: repositories as `owner/name`, all of an owner's as `owner/*`; and extras,
 * as `runners of TARGET` and `the bill of OWNER`.
 */
export class AccessProblems {
  readonly #steady: Clock;
  readonly #logger: Logger;
  readonly #byTarget = new Map<string, AccessProblem>();

  constructor({ steady, logger }: { readonly steady: Clock; readonly logger: Logger }) {
    this.#steady = steady;
    this.#logger = logger;
  }

  /**
   * The target can't be read. If a person has to act, that is logged once: of extras for each, of repositories for
   * each reason, because one reason may be that of thousands.
   */
  note(target: string, problem: SyncProblem, { isLogged = false, isExtra = false }: NoteOptions = {}): void {
    const { sinceMs = this.#steady(), isSure = false } = this.#byTarget.get(target) ?? {};
    const isKnown = isExtra ? isSure : this.#hasReason(problem.reason);
    this.#byTarget.set(target, { problem, sinceMs, isSure: isSure || problem.isHopeless, isExtra });
    // The client logs a refused credential.
    if (isLogged || isKnown || !problem.isHopeless || problem.isRefused) return;
    const { reason, hint } = problem;
    this.#logger.warn('repository_unreadable', { target, reason, hint });
  }

  /** The target was read, or is no longer needed. */
  clear(target: string): void {
    const entry = this.#byTarget.get(target);
    if (entry === undefined) return;
    this.#byTarget.delete(target);
    const { problem, sinceMs, isSure } = entry;
    if (isSure && !problem.isRefused)
      this.#logger.info('GitHub repository or owner readable again, or no longer needed', {
        target,
        tookMs: Math.round(this.#steady() - sinceMs),
      });
  }

  #hasReason(reason: string): boolean {
    return [...this.#byTarget.values()].some(({ problem, isExtra }) => !isExtra && problem.reason === reason);
  }

  /** How many targets can't be read, extras included. */
  get count(): number {
    return this.#reportable().length;
  }

  /**
   * A sentence for each reason, with GitHub's own words and what to do; without extras. The client reports refused
   * credentials.
   */
  sentences(): string[] {
    const own = this.#reportable().filter(([, { problem, isExtra }]) => !isExtra && !problem.isRefused);
    const byReason = Map.groupBy(own, ([, { problem }]) => problem.reason);
    const sentences = Array.from(byReason, ([reason, all]) => {
      const hint = all[0]?.[1].problem.hint ?? null;
      const advice = hint === null ? '' : `: ${hint}`;
      return `${nameAll(all.map(([target]) => target))} can't be read (${reason})${advice}.`;
    });
    const more = sentences.length - MAX_REASONS;
    return more <= 0
      ? sentences
      : [...sentences.slice(0, MAX_REASONS), `${more} more reasons are in the log.`];
  }

  /** The extras that can't be read, in a short sentence each; what to do is in the log. */
  leftOut(): string[] {
    const extras = this.#reportable().filter(([, { problem, isExtra }]) => isExtra && !problem.isRefused);
    const sentences = extras.map(
      ([target, { problem }]) => `${capitalised(target)} can't be read (${problem.reason.split(':', 1)[0]}).`,
    );
    const more = sentences.length - MAX_REASONS;
    return more <= 0 ? sentences : [...sentences.slice(0, MAX_REASONS), `${more} more are in the log.`];
  }

  #reportable(): [target: string, AccessProblem][] {
    const nowMs = this.#steady();
    return [...this.#byTarget].filter(
      ([, { isSure, sinceMs, problem }]) =>
        isSure || Math.max(nowMs, problem.retryAtMs ?? nowMs) - sinceMs >= GRACE_MS,
    );
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function nameAll(targets: readonly string[]): string {
  const named = [...targets].sort().slice(0, MAX_TARGETS_NAMED).join(', ');
  return targets.length <= MAX_TARGETS_NAMED
    ? named
    : `${named} and ${targets.length - MAX_TARGETS_NAMED} more`;
}
