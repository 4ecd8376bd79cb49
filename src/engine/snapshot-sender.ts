import type { Logger, Meter, Receiver } from '../domain/contracts.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { SendOutcome } from '../domain/sample.ts';

/** A receiver with its name in the outbox. */
export interface NamedReceiver {
  readonly sink: string;
  readonly receiver: Receiver;
}

/**
 * Sends whole expositions to receivers that do not wait for one another. What is not taken is superseded by the next one; a
 * receiver that still has the one before is left out.
 */
export class SnapshotSender {
  readonly #receivers: readonly NamedReceiver[];
  readonly #meter: Meter;
  readonly #logger: Logger;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Those whose last snapshot was not taken. */
  readonly #failing = new Set<string>();
  readonly #ended = new AbortController();

  constructor(receivers: readonly NamedReceiver[], meter: Meter, logger: Logger) {
    this.#receivers = receivers;
    this.#meter = meter;
    this.#logger = logger;
  }

  /** Begins to send. */
  send(text: Uint8Array, atMs: number): void {
    for (const each of this.#receivers) {
      if (this.#underWay.has(each.sink)) this.#count(each.sink, 'skipped');
      else this.#underWay.set(each.sink, this.#sendTo(each, text, atMs));
    }
  }

  /** Cuts short what is under way, and everything later. */
  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#underWay.values());
  }

  async #sendTo({ sink, receiver }: NamedReceiver, text: Uint8Array, atMs: number): Promise<void> {
    const { signal } = this.#ended;
    const outcome = await receiver.snapshot(text, atMs, signal);
    this.#underWay.delete(sink);
    if (signal.aborted && outcome.kind !== 'sent') return;
    this.#count(sink, outcome.kind);
    this.#tell(sink, outcome);
  }

  /** The first of a row of failures, and its end. */
  #tell(sink: string, outcome: SendOutcome): void {
    if (outcome.kind === 'sent') {
      if (this.#failing.delete(sink)) this.#logger.info('The receiver takes snapshots again', { sink });
    } else if (!this.#failing.has(sink)) {
      this.#failing.add(sink);
      this.#logger.warn('A snapshot was not taken', { sink, reason: outcome.reason });
    }
  }

  #count(sink: string, outcome: string): void {
    this.#meter.add([countOf(SELF.pushSnapshots, [sink, outcome])]);
  }
}
