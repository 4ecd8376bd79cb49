import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Outcome, SyncProblem } from './outcome.ts';
import { AccessProblems } from './troubles.ts';

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
