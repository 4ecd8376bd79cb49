import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Outcome, SyncProblem } from './outcome.ts';

const PASS_KINDS = ['hook_log', 'listing', 'poll'] as const;
export type PassKind = (typeof PASS_KINDS)[number];

const NAME_THEM =
  'name them in github.repositories, or use a token of that person, or an App that is installed there';

/** The fields of the log line of a pass. */
interface PassFields {
  readonly kind: PassKind;
  readonly recovered: number;
  readonly tookMs: number;
}

export interface ReportOptions {
  readonly clock: Clock;
  /** As `ServiceTime.steady`: for waits. */
  readonly steady: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Where to note what can't be read; default: its own. */
  readonly accessProblems?: AccessProblems;
}

/** Reports the results of passes in the log and in metrics. */
export class Report {
  readonly #clock: Clock;
  readonly #steady: Clock;
  readonly #logger: Logger;
  readonly #meter: Meter;
  readonly #accessProblems: AccessProblems;
  readonly #leftOut: SparingLog;
  readonly #succeededAtMs = new Map<PassKind, number>();
  readonly #tookMs = new Map<PassKind, number>();
  readonly #checkpoints = new Map<string, number>();

  constructor({ clock, steady, logger, meter, accessProblems }: ReportOptions) {
    this.#clock = clock;
    this.#steady = steady;
    this.#logger = logger;
    this.#meter = meter;
    this.#accessProblems = accessProblems ?? new AccessProblems({ steady, logger });
    this.#leftOut = new SparingLog((fields) => logger.warn('repositories_not_covered', fields), null);
    meter.add(zerosOf(SELF.recoveryPasses, PASS_KINDS, ['complete', 'partial']));
  }

  /**
   * The time up to which everything is known, of each repository, and as `owner/*` of an owner's list while
   * that can't be read.
   */
  get checkpoints(): ReadonlyMap<string, number> {
    return this.#checkpoints;
  }

  /** Logs once what lists are known to lack. */
  leaveOut(what: string): void {
    this.#leftOut.log({ what, hint: NAME_THEM }, { key: what });
  }

  /** The checkpoint of a target, before it is read. */
  behind(target: string, checkpointMs: number): void {
    this.#checkpoints.set(target, checkpointMs);
  }

  /** Everything about the target is known up to then. */
  reached(target: string, checkpointMs: number): void {
    this.#checkpoints.set(target, checkpointMs);
    this.#accessProblems.clear(target);
  }

  /** The target could not be read; its checkpoint stays where it is. */
  blocked(target: string, problem: SyncProblem, checkpointMs: number): void {
    this.#checkpoints.set(target, checkpointMs);
    this.#accessProblems.note(target, problem);
  }

  /** The target is no longer covered. */
  forget(target: string): void {
    this.#checkpoints.delete(target);
    this.#accessProblems.clear(target);
  }

  /** Runs the pass and records its result. */
  async pass<T extends Outcome & { readonly recovered: number }>(
    kind: PassKind,
    fields: object,
    run: () => Promise<T>,
  ): Promise<T> {
    const startedAtMs = this.#clock();
    const sinceMs = this.#steady();
    const result = await run();
    const tookMs = Math.round(this.#steady() - sinceMs);
    this.#tookMs.set(kind, tookMs);
    this.#meter.add([countOf(SELF.recoveryPasses, [kind, result.isComplete ? 'complete' : 'partial'])]);
    if (result.isComplete) this.#succeededAtMs.set(kind, startedAtMs);
    this.#log(result, { kind, ...fields, recovered: result.recovered, tookMs });
    return result;
  }

  readings(): GaugeReading[] {
    const oldestMs = Math.min(...this.#checkpoints.values());
    return [
      ...Array.from(this.#succeededAtMs, ([kind, ms]) =>
        readingOf(SELF.recoveryLastSuccess, [kind], ms / 1000),
      ),
      ...Array.from(this.#tookMs, ([kind, ms]) => readingOf(SELF.recoveryDuration, [kind], ms / 1000)),
      readingOf(SELF.recoveryUnreadable, [], this.#accessProblems.count),
      ...(Number.isFinite(oldestMs) ? [readingOf(SELF.recoveryOldest, [], oldestMs / 1000)] : []),
    ];
  }

  #waitMs(untilMs: number | null): number | null {
    return untilMs === null ? null : Math.round(untilMs - this.#steady());
  }

  #log(result: Outcome, fields: PassFields): void {
    const logger = this.#logger;
    if (result.isComplete) {
      if (fields.recovered > 0 && fields.kind !== 'poll') logger.info('Lost events recovered', fields);
      else logger.debug('Recovery pass complete', fields);
      return;
    }
    const { isHopeless, reason, retryAtMs } = result;
    if (isHopeless) logger.debug('Recovery cannot read this target', { ...fields, reason });
    else logger.warn('recovery_incomplete', { ...fields, reason, retryInMs: this.#waitMs(retryAtMs) });
  }
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
  readonly #steady: Clock;
  readonly #logger: Logger;
  readonly #byTarget = new Map<string, AccessProblem>();

  constructor({ steady, logger }: { readonly steady: Clock; readonly logger: Logger }) {
    this.#steady = steady;
    this.#logger = logger;
  }

  /**
   * The target can't be read. If a person has to act, that is logged once for each reason, not for each
   * target.
   */
  note(target: string, problem: SyncProblem): void {
    const { sinceMs = this.#steady(), isSure = false } = this.#byTarget.get(target) ?? {};
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
    return [...this.#byTarget].filter(([, { isSure, sinceMs }]) => isSure || nowMs - sinceMs >= GRACE_MS);
  }
}

function nameAll(targets: readonly string[]): string {
  const named = [...targets].sort().slice(0, MAX_TARGETS_NAMED).join(', ');
  return targets.length <= MAX_TARGETS_NAMED
    ? named
    : `${named} and ${targets.length - MAX_TARGETS_NAMED} more`;
}
