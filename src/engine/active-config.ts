import { isDeepStrictEqual } from 'node:util';
import type { Logger, Meter } from '../domain/contracts.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { type OtlpMetrics, openOtlpMetrics } from '../otlp-metrics/otlp-metrics.ts';
import { Push, type Receivers } from '../push/push.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import { type OwnTraces, openOwnTraces } from '../tracing/own-traces.ts';
import type { Ledger } from './ledger.ts';
import { closeAllReceivers, openAllReceivers, sinkNamesOf, sinkOptionsOf } from './receivers.ts';
import { type EngineRules, type EngineValues, engineRules } from './rules.ts';
import { sinkZeros } from './zeros.ts';

export interface ActiveConfigOptions {
  readonly time: ServiceTime;
  readonly logger: Logger;
  /** As `RegistryOptions.isShared`. */
  readonly isShared?: boolean;
  /** As `DispatcherOptions.lead`. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
}

/** What the receivers work with. */
export interface ActiveConfigParts {
  readonly ledger: Pick<Ledger, 'samples' | 'traces' | 'openSinks' | 'reopen'>;
  readonly meter: Meter;
}

/** What is sent to endpoints of OTLP and does not wait in the outbox. */
interface UnkeptOtlp {
  readonly metrics: OtlpMetrics;
  readonly ownTraces: OwnTraces;
}

/**
 * The engine's rules and receivers. Both are replaced by `replace`, which is how they start, too: so a change
 * while the engine runs ends in the same numbers as a restart with it.
 */
export class ActiveConfig {
  /** Rejects on a bug, which ends the process; resolves after `close`. */
  readonly done: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  readonly #options: ActiveConfigOptions;
  #rules: EngineRules;
  #push: Push | null = null;
  #otlp: UnkeptOtlp | null = null;

  constructor(values: EngineValues, options: ActiveConfigOptions) {
    this.#options = options;
    this.#rules = engineRules(values, null, ruleParts(options));
    this.done = this.#end.promise;
    this.done.catch(() => undefined);
  }

  get rules(): EngineRules {
    return this.#rules;
  }

  get push(): Push {
    if (this.#push === null) throw new Error('The receivers have not started');
    return this.#push;
  }

  get otlpMetrics(): OtlpMetrics {
    return this.#startedOtlp.metrics;
  }

  get ownTraces(): OwnTraces {
    return this.#startedOtlp.ownTraces;
  }

  get #startedOtlp(): UnkeptOtlp {
    if (this.#otlp === null) throw new Error('The endpoints have not started');
    return this.#otlp;
  }

  /**
   * Replaces all values at one moment. Throws `config_invalid` for receivers that can't work and
   * `store_unavailable`; then nothing has changed. One call at a time.
   */
  async replace(values: EngineValues, parts: ActiveConfigParts): Promise<void> {
    const before = this.#otlp;
    const isSame = before !== null && isDeepStrictEqual(values.otlp, this.#rules.values.otlp);
    const otlp = isSame ? before : openUnkept(values.otlp, { ...parts, ...this.#options });
    try {
      await this.#replaceOthers(values, parts);
    } catch (error) {
      if (otlp !== before) await closeUnkept(otlp);
      throw error;
    }
    this.#otlp = otlp;
    if (otlp !== before) await closeUnkept(before);
  }

  async #replaceOthers(values: EngineValues, parts: ActiveConfigParts): Promise<void> {
    const before = this.#push;
    const rules = engineRules(values, before === null ? null : this.#rules, ruleParts(this.#options));
    if (before !== null && isDeepStrictEqual(receiverValues(values), receiverValues(this.#rules.values))) {
      if (rules.registry === this.#rules.registry) this.#rules = rules;
      else await this.#useRules(rules, parts.ledger);
      return;
    }
    // What waits may only be dropped once the configuration is known to be right.
    const receivers = openAllReceivers(values);
    await before?.handOver();
    try {
      await this.#useRules(rules, parts.ledger);
    } catch (error) {
      await closeAllReceivers(receivers);
      if (before !== null) this.#run(openAllReceivers(this.#rules.values), parts);
      throw error;
    }
    this.#run(receivers, parts);
  }

  /** Sends what waits, as far as the receivers take it, and stops. */
  async close(): Promise<void> {
    await this.#push?.close();
    await closeUnkept(this.#otlp);
    this.#end.resolve();
  }

  /** A registry that is new gets what is stored, and counts from that moment. */
  async #useRules(rules: EngineRules, ledger: ActiveConfigParts['ledger']): Promise<void> {
    const sinks = sinkNamesOf(rules.values);
    const keepsSeries = this.#push !== null && rules.registry === this.#rules.registry;
    const dropped = keepsSeries
      ? await ledger.openSinks(sinks)
      : await ledger.reopen(sinks, ({ cells, numbers }) => {
          rules.registry.restore(cells);
          rules.jobNumbers.apply(numbers);
          this.#rules = rules;
        });
    this.#rules = rules;
    const { logger } = this.#options;
    if (dropped.samples > 0) logger.warn('samples_of_removed_receiver_dropped', { dropped: dropped.samples });
    if (dropped.traces > 0) logger.warn('spans_of_removed_endpoint_dropped', { dropped: dropped.traces });
  }

  #run(receivers: Receivers, { ledger, meter }: ActiveConfigParts): void {
    const { time, logger, lead } = this.#options;
    const { values } = this.#rules;
    meter.add(sinkZeros(sinkNamesOf(values)));
    const lastSent = this.#push?.lastSent() ?? new Map();
    const parts = { outboxes: ledger, meter, time, logger, lead, lastSent };
    this.#push = new Push(sinkOptionsOf(values), receivers, parts);
    this.#push.done.catch(this.#end.reject);
  }
}

function openUnkept(options: OtlpOptions, parts: { meter: Meter; logger: Logger }): UnkeptOtlp {
  return { metrics: openOtlpMetrics(options, parts), ownTraces: openOwnTraces(options, parts) };
}

async function closeUnkept(otlp: UnkeptOtlp | null): Promise<void> {
  await otlp?.metrics.close();
  await otlp?.ownTraces.close();
}

function ruleParts({ time: { steady }, logger, isShared = false }: ActiveConfigOptions) {
  return { steady, logger, isShared };
}

function receiverValues({ push, otlp }: EngineValues): unknown {
  return [push, otlp];
}
