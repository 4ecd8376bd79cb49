import type { Logger, Meter } from '../../domain/contracts.ts';
import { countOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import type { SendOutcome } from '../../domain/send-outcome.ts';
import { SparingLog } from '../../logger/sparing-log.ts';
import type { Named } from '../receiver.ts';
import type { SampleReceiver } from './sample-receiver.ts';

/** Receivers of samples, with their names in the outbox. */
type Receivers = readonly Named<Pick<SampleReceiver, 'snapshot'>>[];

/**
 * Sends whole expositions to receivers that do not wait for one another. What is not taken is superseded by
 * the next one; a receiver that still has the one before is left out.
 */
export class SnapshotSender {
  readonly #receivers: Receivers;
  readonly #meter: Meter;
  readonly #logger: Logger;
  readonly #underWay = new Map<string, Promise<void>>();
  /** By receiver, from the first snapshot that was not taken. */
  readonly #failures: SparingLog;
  readonly #ended = new AbortController();

  constructor(receivers: Receivers, meter: Meter, logger: Logger) {
    this.#receivers = receivers;
    this.#meter = meter;
    this.#logger = logger;
    this.#failures = new SparingLog((fields) => logger.warn('snapshot_not_sent', fields), null);
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

  async #sendTo({ sink, receiver }: Receivers[number], text: Uint8Array, atMs: number): Promise<void> {
    const { signal } = this.#ended;
    const outcome = await receiver.snapshot(text, atMs, signal);
    this.#underWay.delete(sink);
    if (signal.aborted && outcome.kind !== 'sent') return;
    this.#count(sink, outcome.kind);
    this.#log(sink, outcome);
  }

  /** The first of a row of failures, and its end. */
  #log(sink: string, outcome: SendOutcome): void {
    if (outcome.kind === 'sent') {
      if (this.#failures.end(sink)) this.#logger.info('Receiver accepts snapshots again', { sink });
    } else {
      this.#failures.log({ sink, reason: outcome.reason }, { key: sink });
    }
  }

  #count(sink: string, outcome: string): void {
    this.#meter.add([countOf(SELF.pushSnapshots, [sink, outcome])]);
  }
}
