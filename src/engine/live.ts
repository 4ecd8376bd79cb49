import { isDeepStrictEqual } from 'node:util';
import type { Clock, Logger, Meter, Outbox, StoredSeries } from '../domain/contracts.ts';
import { sinkZeros } from './closed-sets.ts';
import { openReceivers, type Push, runPush } from './push.ts';
import { type EngineRules, type EngineValues, engineRules } from './rules.ts';
import type { NamedReceiver } from './snapshot-sender.ts';

export interface LiveOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What is in force in the engine: the rules, and the receivers. Both are replaced by `adopt`, which is the way they begin, too:
 * so a change while the engine runs ends in the same numbers as a restart with it.
 */
export class Live {
  /** Rejects on a bug, which ends the process; resolves after `close`. */
  readonly done: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  readonly #options: LiveOptions;
  #rules: EngineRules;
  #push: Push | null = null;

  constructor(values: EngineValues, options: LiveOptions) {
    this.#options = options;
    this.#rules = engineRules(values, null, options);
    this.done = this.#end.promise;
    this.done.catch(() => undefined);
  }

  get rules(): EngineRules {
    return this.#rules;
  }

  get push(): Push {
    if (this.#push === null) throw new Error('Nothing was adopted yet');
    return this.#push;
  }

  /**
   * Puts the values in force, all of them at one moment. Throws `config_invalid` for receivers that can't work and
   * `store_unavailable`; then nothing has changed. One call at a time.
   */
  async adopt(
    values: EngineValues,
    parts: { readonly outbox: Outbox; readonly meter: Meter },
  ): Promise<void> {
    const before = this.#push;
    const rules = engineRules(values, before === null ? null : this.#rules, this.#options);
    if (before !== null && isDeepStrictEqual(values.push, this.#rules.values.push))
      return this.#swap(rules, parts.outbox);
    // What waits may only be forgotten once the configuration is known to be right.
    const receivers = openReceivers(values.push);
    await before?.handOver();
    try {
      await this.#swap(rules, parts.outbox);
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
    this.#end.resolve();
  }

  /** The sinks of the rules have their places, and what is stored is in their registry, in one moment. */
  async #swap(rules: EngineRules, outbox: Outbox): Promise<void> {
    const sinks = rules.values.push.sinks.map(({ name }) => name);
    const isNew = this.#push === null || rules.registry !== this.#rules.registry;
    const adopt = ({ cells, numbers }: StoredSeries): void => {
      rules.registry.restore(cells);
      rules.jobNumbers.apply(numbers);
      this.#rules = rules;
    };
    const forgotten = await outbox.openSinks(sinks, isNew ? adopt : undefined);
    this.#rules = rules;
    if (forgotten === 0) return;
    const message = 'Samples of receivers that are not configured any more are given up';
    this.#options.logger.warn(message, { forgotten });
  }

  #run(receivers: readonly NamedReceiver[], parts: { readonly outbox: Outbox; readonly meter: Meter }): void {
    parts.meter.add(sinkZeros(this.#rules.values.push.sinks.map(({ name }) => name)));
    const lastSent = this.#push?.lastSent() ?? new Map();
    this.#push = runPush(this.#rules.values.push, receivers, { ...this.#options, ...parts, lastSent });
    this.#push.done.catch(this.#end.reject);
  }
}

async function closeAll(receivers: readonly NamedReceiver[]): Promise<void> {
  for (const { receiver } of receivers) await receiver.close();
}
