import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Outcome, SyncProblem } from './outcome.ts';

const PASS_KINDS = ['hook_log', 'listing', 'poll'] as const;
export type PassKind = (typeof PASS_KINDS)[number];

/** Tells people and metrics what passes came to. */
export interface Report {
  /** Runs the pass and notes what became of it. */
  pass<T extends Outcome & { readonly recovered: number }>(
    kind: PassKind,
    fields: object,
    run: () => Promise<T>,
  ): Promise<T>;
  /** Up to when everything is known of each repository, and of the list of an owner's as `owner/*` while it can't be read. */
  readonly checkpoints: ReadonlyMap<string, number>;
  /** The mark of a place, before it is looked at. */
  behind(target: string, checkpointMs: number): void;
  /** Everything of the place is known up to then. */
  reached(target: string, checkpointMs: number): void;
  /** The place could not be read; its mark stays where it is. */
  blocked(target: string, problem: SyncProblem, checkpointMs: number): void;
  /** The place is no concern of ours any more. */
  forget(target: string): void;
  /** Tells people once of what lists are known to lack. */
  leaveOut(what: string): void;
  readings(): GaugeReading[];
}

const NAME_THEM =
  'name them in github.repositories, or use a token of that person, or an App that is installed there';

export function openReport({
  clock,
  logger,
  meter,
  accessProblems = new AccessProblems({ clock, logger }),
}: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Where it is noted what can't be read; its own unless told. */
  readonly accessProblems?: AccessProblems;
}): Report {
  const succeededAtMs = new Map<PassKind, number>();
  const tookMs = new Map<PassKind, number>();
  const checkpoints = new Map<string, number>();
  meter.add(zerosOf(SELF.recoveryPasses, PASS_KINDS, ['complete', 'partial']));

  const leftOut = new SparingLog((fields) => logger.warn('repositories_not_covered', fields), null);

  return {
    checkpoints,
    leaveOut(what) {
      leftOut.log({ what, hint: NAME_THEM }, { key: what });
    },
    behind: (target, checkpointMs) => void checkpoints.set(target, checkpointMs),
    reached(target, checkpointMs) {
      checkpoints.set(target, checkpointMs);
      accessProblems.clear(target);
    },
    blocked(target, problem, checkpointMs) {
      checkpoints.set(target, checkpointMs);
      accessProblems.note(target, problem);
    },
    forget(target) {
      checkpoints.delete(target);
      accessProblems.clear(target);
    },
    async pass(kind, fields, run) {
      const startedAtMs = clock();
      const result = await run();
      const { recovered } = result;
      tookMs.set(kind, clock() - startedAtMs);
      meter.add([countOf(SELF.recoveryPasses, [kind, result.isComplete ? 'complete' : 'partial'])]);
      if (result.isComplete) succeededAtMs.set(kind, startedAtMs);
      const logged = { kind, ...fields, recovered, tookMs: tookMs.get(kind) };
      if (!result.isComplete && result.isHopeless)
        logger.debug('Recovery cannot read this target', { ...logged, reason: result.reason });
      else if (!result.isComplete)
        logger.warn('recovery_incomplete', {
          ...logged,
          reason: result.reason,
          retryAtMs: result.retryAtMs,
        });
      else if (recovered > 0 && kind !== 'poll') logger.info('Lost events recovered', logged);
      else logger.debug('Recovery pass complete', logged);
      return result;
    },
    readings() {
      const oldestMs = Math.min(...checkpoints.values());
      return [
        ...Array.from(succeededAtMs, ([kind, ms]) => readingOf(SELF.recoveryLastSuccess, [kind], ms / 1000)),
        ...Array.from(tookMs, ([kind, ms]) => readingOf(SELF.recoveryDuration, [kind], ms / 1000)),
        readingOf(SELF.recoveryUnreadable, [], accessProblems.count),
        ...(Number.isFinite(oldestMs) ? [readingOf(SELF.recoveryOldest, [], oldestMs / 1000)] : []),
      ];
    },
  };
}

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
