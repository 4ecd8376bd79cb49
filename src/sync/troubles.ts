import type { Clock, Logger } from '../domain/contracts.ts';
import type { SyncProblem } from './outcome.ts';

/*
 * What GitHub does not let us read, for as long as it is so. Without it a service that has lost its access looks like one with nothing
 * to do.
 */

interface AccessProblem {
  readonly problem: SyncProblem;
  readonly sinceMs: number;
  /** A person had to do something, and nothing was read since. */
  readonly isSure: boolean;
}

/** What may pass by itself is told once it has lasted for so long. */
const GRACE_MS = 15 * 60_000;
/** Places that are named for one reason, and reasons that are told. */
const MAX_TARGETS_NAMED = 3;
const MAX_REASONS = 10;

/** The places that can't be read: repositories as `owner/name`, all of an owner's as `owner/*`, and `runners of PLACE`. */
export class AccessProblems {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #byTarget = new Map<string, AccessProblem>();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The place can't be read. That a person has to do something is logged once for each reason, not for each place. */
  note(target: string, problem: SyncProblem): void {
    const { sinceMs = this.#clock(), isSure = false } = this.#byTarget.get(target) ?? {};
    const isNew = ![...this.#byTarget.values()].some(({ problem: { reason } }) => reason === problem.reason);
    this.#byTarget.set(target, { problem, sinceMs, isSure: isSure || problem.isHopeless });
    // A credential that is refused is told by the client.
    if (!isNew || !problem.isHopeless || problem.isRefused) return;
    const { reason, hint } = problem;
    this.#logger.warn('repository_unreadable', { target, reason, hint });
  }

  /** The place was read, or nobody asks for it any more. */
  clear(target: string): void {
    const entry = this.#byTarget.get(target);
    if (entry === undefined) return;
    this.#byTarget.delete(target);
    const { problem, sinceMs, isSure } = entry;
    if (isSure && !problem.isRefused)
      this.#logger.info('GitHub repository or owner readable again, or no longer needed', {
        target,
        tookMs: this.#clock() - sinceMs,
      });
  }

  /** How many places can't be read. */
  get count(): number {
    return this.#reportable().length;
  }

  /** A sentence for each reason, with GitHub's own words and what to do; those of credentials are told by the client. */
  sentences(): string[] {
    const own = this.#reportable().filter(([, { problem }]) => !problem.isRefused);
    const byReason = Map.groupBy(own, ([, { problem }]) => problem.reason);
    const sentences = Array.from(byReason, ([reason, all]) => {
      const hint = all[0]?.[1].problem.hint ?? null;
      return `${nameAll(all.map(([target]) => target))} can't be read (${reason})${hint === null ? '' : `: ${hint}`}.`;
    });
    const more = sentences.length - MAX_REASONS;
    return more <= 0
      ? sentences
      : [...sentences.slice(0, MAX_REASONS), `${more} more reasons are in the log.`];
  }

  #reportable(): [target: string, AccessProblem][] {
    const nowMs = this.#clock();
    return [...this.#byTarget].filter(([, { isSure, sinceMs }]) => isSure || nowMs - sinceMs >= GRACE_MS);
  }
}

function nameAll(targets: readonly string[]): string {
  const named = [...targets].sort().slice(0, MAX_TARGETS_NAMED).join(', ');
  return targets.length <= MAX_TARGETS_NAMED
    ? named
    : `${named} and ${targets.length - MAX_TARGETS_NAMED} more`;
}
