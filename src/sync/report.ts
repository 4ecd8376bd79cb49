import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Outcome, SyncProblem } from './outcome.ts';

const PASS_KINDS = ['hook_log', 'listing', 'poll'] as const;
export type PassKind = (typeof PASS_KINDS)[number];

/** Reports the results of passes in the log and in metrics. */
export interface Report {
  /** Runs the pass and records its result. */
  pass<T extends Outcome & { readonly recovered: number }>(
    kind: PassKind,
    fields: object,
    run: () => Promise<T>,
  ): Promise<T>;
  /**
   * The time up to which everything is known, of each repository, and as `owner/*` of an owner's list while
   * that can't be read.
   */
  readonly checkpoints: ReadonlyMap<string, number>;
  /** The checkpoint of a target, before it is read. */
  behind(target: string, checkpointMs: number): void;
  /** Everything about the target is known up to then. */
  reached(target: string, checkpointMs: number): void;
  /** The target could not be read; its checkpoint stays where it is. */
  blocked(target: string, problem: SyncProblem, checkpointMs: number): void;
  /** The target is no longer covered. */
  forget(target: string): void;
  /** Logs once what lists are known to lack. */
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
  /** Where to note what can't be read; default: its own. */
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
 * What GitHub does not let us read, for as long as that lasts. Without it, a service that has lost its access
 * looks like one with nothing to do.
 */

interface AccessProblem {
  readonly problem: SyncProblem;
  readonly sinceMs: number;
  /** A person had to act, and nothing was read since. */
  readonly isSure: boolean;
}

/** What may pass by itself is reported once it has lasted this long. */
const GRACE_MS = 15 * 60_000;
/** Targets that are named for one reason, and reasons that are shown. */
const MAX_TARGETS_NAMED = 3;
const MAX_REASONS = 10;

/**
 * The targets that can't be read: repositories as `owner/name`, all of an owner's as `owner/*`, and `runners
 * of TARGET`.
 */
export class AccessProblems {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #byTarget = new Map<string, AccessProblem>();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * The target can't be read. If a person has to act, that is logged once for each reason, not for each
   * target.
   */
  note(target: string, problem: SyncProblem): void {
    const { sinceMs = this.#clock(), isSure = false } = this.#byTarget.get(target) ?? {};
    const isNew = ![...this.#byTarget.values()].some(({ problem: { reason } }) => reason === problem.reason);
    this.#byTarget.set(target, { problem, sinceMs, isSure: isSure || problem.isHopeless });
    // The client logs a refused credential.
    if (!isNew || !problem.isHopeless || problem.isRefused) return;
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
        tookMs: this.#clock() - sinceMs,
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
