import { isDeepStrictEqual } from 'node:util';
import type { Logger, Meter } from '../domain/contracts.ts';
import type { SinkNames } from '../domain/outbox-contract.ts';
import { type OtlpMetrics, openOtlpMetrics } from '../otlp-metrics/otlp-metrics.ts';
import { openReceivers, Push } from '../push/push.ts';
import type { Named } from '../push/receiver.ts';
import type { SampleReceiver } from '../push/samples/sample-receiver.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { Ledger } from './ledger.ts';
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
  readonly ledger: Pick<Ledger, 'samples' | 'openSinks' | 'reopen'>;
  readonly meter: Meter;
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
  #otlpMetrics: OtlpMetrics | null = null;

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
    if (this.#otlpMetrics === null) throw new Error('The endpoints have not started');
    return this.#otlpMetrics;
  }

  /**
   * Replaces all values at one moment. Throws `config_invalid` for receivers that can't work and
   * `store_unavailable`; then nothing has changed. One call at a time.
   */
  async replace(values: EngineValues, parts: ActiveConfigParts): Promise<void> {
    const before = this.#otlpMetrics;
    const isSame = before !== null && isDeepStrictEqual(values.otlp, this.#rules.values.otlp);
    const otlpMetrics = isSame ? before : openOtlpMetrics(values.otlp, { ...parts, ...this.#options });
    try {
      await this.#replaceOthers(values, parts);
    } catch (error) {
      if (otlpMetrics !== before) await otlpMetrics.close();
      throw error;
    }
    this.#otlpMetrics = otlpMetrics;
    if (otlpMetrics !== before) await before?.close();
  }

  async #replaceOthers(values: EngineValues, parts: ActiveConfigParts): Promise<void> {
    const before = this.#push;
    const rules = engineRules(values, before === null ? null : this.#rules, ruleParts(this.#options));
    if (before !== null && isDeepStrictEqual(values.push, this.#rules.values.push)) {
      if (rules.registry === this.#rules.registry) this.#rules = rules;
      else await this.#useRules(rules, parts.ledger);
      return;
    }
    // What waits may only be dropped once the configuration is known to be right.
    const receivers = openReceivers(values.push);
    await before?.handOver();
    try {
      await this.#useRules(rules, parts.ledger);
    } catch (error) {
      await closeAll(receivers);
      if (before !== null) this.#run(openReceivers(this.#rules.values.push), parts);
      throw error;
    }
    this.#run(receivers, parts);
  }

  /** Sends what waits, as far as the receivers take it, and stops. */
  async close(): Promise<void> {
    await this.#push?.close();
    await this.#otlpMetrics?.close();
    this.#end.resolve();
  }

  /** A registry that is new gets what is stored, and counts from that moment. */
  async #useRules(rules: EngineRules, ledger: ActiveConfigParts['ledger']): Promise<void> {
    const sinks = sinksOf(rules);
    const keepsSeries = this.#push !== null && rules.registry === this.#rules.registry;
    const dropped = keepsSeries
      ? await ledger.openSinks(sinks)
      : await ledger.reopen(sinks, ({ cells, numbers }) => {
          rules.registry.restore(cells);
          rules.jobNumbers.apply(numbers);
          this.#rules = rules;
        });
    this.#rules = rules;
    if (dropped.samples > 0)
      this.#options.logger.warn('samples_of_removed_receiver_dropped', { dropped: dropped.samples });
  }

  #run(receivers: readonly Named<SampleReceiver>[], { ledger, meter }: ActiveConfigParts): void {
    const { time, logger, lead } = this.#options;
    meter.add(sinkZeros(sinksOf(this.#rules)));
    const lastSent = this.#push?.lastSent() ?? new Map();
    this.#push = new Push(this.#rules.values.push, receivers, {
      outbox: ledger.samples,
      meter,
      time,
      logger,
      lead,
      lastSent,
    });
    this.#push.done.catch(this.#end.reject);
  }
}

function ruleParts({ time: { steady }, logger, isShared = false }: ActiveConfigOptions) {
  return { steady, logger, isShared };
}

function sinksOf({ values }: EngineRules): SinkNames {
  return { samples: values.push.sinks.map(({ name }) => name), traces: [] };
}

async function closeAll(receivers: readonly Named<SampleReceiver>[]): Promise<void> {
  for (const { receiver } of receivers) await receiver.close();
}
