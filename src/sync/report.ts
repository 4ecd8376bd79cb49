import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { CUT_OFF } from '../domain/github-api.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { traced } from '../timing/traced.ts';
import { AccessProblems } from './access-problems.ts';
import type { Outcome, SyncProblem } from './outcome.ts';

const PASS_KINDS = ['hook_log', 'listing', 'poll'] as const;
export type PassKind = (typeof PASS_KINDS)[number];

const WORK_NAMES: Readonly<Record<PassKind, string>> = {
  hook_log: 'read hook log',
  listing: 'list runs',
  poll: 'poll repository',
};

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
    const result = await traced(() => ({ name: WORK_NAMES[kind], attributes: {} }), run);
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
    // The next process goes on.
    else if (reason === CUT_OFF) logger.debug('Recovery pass cut off', { ...fields, reason });
    else logger.warn('recovery_incomplete', { ...fields, reason, retryInMs: this.#waitMs(retryAtMs) });
  }
}
