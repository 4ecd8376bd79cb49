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
}

/** What may pass by itself is reported once it has lasted this long, or is known to. */
const GRACE_MS = 15 * 60_000;
/** Targets that are named for one reason, and reasons that are shown. */
const MAX_TARGETS_NAMED = 3;
const MAX_REASONS = 10;

/**
 * The targets that can't be read: repositories as `owner/name`, all of an owner's as `owner/*`, and `runners
 * of TARGET`.
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
   * The target can't be read. If a person has to act, that is logged once for each reason, not for each
   * target, unless the client has logged it.
   */
  note(target: string, problem: SyncProblem, isLogged = false): void {
    const { sinceMs = this.#steady(), isSure = false } = this.#byTarget.get(target) ?? {};
    const isNew = ![...this.#byTarget.values()].some(({ problem: { reason } }) => reason === problem.reason);
    this.#byTarget.set(target, { problem, sinceMs, isSure: isSure || problem.isHopeless });
    // The client logs a refused credential.
    if (isLogged || !isNew || !problem.isHopeless || problem.isRefused) return;
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

  /** How many targets can't be read. */
  get count(): number {
    return this.#reportable().length;
  }

  /**
   * A sentence for each reason, with GitHub's own words and what to do. The client reports refused
   * credentials.
   */
  sentences(): string[] {
    const own = this.#reportable().filter(([, { problem }]) => !problem.isRefused);
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

  #reportable(): [target: string, AccessProblem][] {
    const nowMs = this.#steady();
    return [...this.#byTarget].filter(
      ([, { isSure, sinceMs, problem }]) =>
        isSure || Math.max(nowMs, problem.retryAtMs ?? nowMs) - sinceMs >= GRACE_MS,
    );
  }
}

function nameAll(targets: readonly string[]): string {
  const named = [...targets].sort().slice(0, MAX_TARGETS_NAMED).join(', ');
  return targets.length <= MAX_TARGETS_NAMED
    ? named
    : `${named} and ${targets.length - MAX_TARGETS_NAMED} more`;
}
