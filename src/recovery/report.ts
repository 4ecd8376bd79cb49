import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Outcome } from './outcome.ts';

export type PassKind = 'hook_log' | 'listing' | 'poll';

/** Tells people and metrics what passes came to. */
export interface Report {
  /** Runs the pass and notes what became of it. */
  pass<T extends Outcome & { readonly recovered: number }>(
    kind: PassKind,
    fields: object,
    run: () => Promise<T>,
  ): Promise<T>;
  /** Up to when everything is known of each repository. */
  readonly marks: Map<string, number>;
  readings(): GaugeReading[];
}

export function openReport({
  clock,
  logger,
  meter,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}): Report {
  const succeededAtMs = new Map<PassKind, number>();
  const tookMs = new Map<PassKind, number>();
  const marks = new Map<string, number>();

  return {
    marks,
    async pass(kind, fields, run) {
      const startedAtMs = clock();
      const result = await run();
      const { recovered } = result;
      tookMs.set(kind, clock() - startedAtMs);
      meter.add([countOf(SELF.recoveryPasses, [kind, result.isComplete ? 'complete' : 'partial'])]);
      if (result.isComplete) succeededAtMs.set(kind, startedAtMs);
      const told = { kind, ...fields, recovered, tookMs: tookMs.get(kind) };
      if (!result.isComplete && result.isHopeless)
        logger.debug('Recovery can not read this', { ...told, reason: result.reason });
      else if (!result.isComplete)
        logger.warn('Recovery has to go on later', {
          ...told,
          reason: result.reason,
          retryAtMs: result.retryAtMs,
        });
      else if (recovered > 0 && kind !== 'poll') logger.info('Recovered what webhooks lost', told);
      else logger.debug('Recovery pass complete', told);
      return result;
    },
    readings() {
      const oldestMs = Math.min(...marks.values());
      return [
        ...Array.from(succeededAtMs, ([kind, ms]) => readingOf(SELF.recoveryLastSuccess, [kind], ms / 1000)),
        ...Array.from(tookMs, ([kind, ms]) => readingOf(SELF.recoveryDuration, [kind], ms / 1000)),
        ...(Number.isFinite(oldestMs) ? [readingOf(SELF.recoveryOldest, [], oldestMs / 1000)] : []),
      ];
    },
  };
}
