import type { Logger, Meter } from '../domain/contracts.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Named } from './receiver.ts';

/** Takes all metrics as of one moment. */
export interface SnapshotReceiver<Snapshot> {
  /**
   * Sends them in as many requests as it takes; the first that fails ends it and is the outcome. Never rejects for
   * anything that a receiver or the network does; on `signal` it gives up with `retry`.
   */
  snapshot(snapshot: Snapshot, atMs: number, signal?: AbortSignal): Promise<SendOutcome>;
}

/**
 * Sends snapshots to receivers that do not wait for one another. What is not taken is superseded by the next
 * one; a receiver that still has the one before is left out.
 */
export class SnapshotSender<Snapshot> {
  readonly #receivers: readonly Named<SnapshotReceiver<Snapshot>>[];
  readonly #meter: Meter;
  readonly #logger: Logger;
  readonly #underWay = new Map<string, Promise<void>>();
  /** By receiver, from the first snapshot that was not taken. */
  readonly #failures: SparingLog;
  readonly #ended = new AbortController();

  constructor(receivers: readonly Named<SnapshotReceiver<Snapshot>>[], meter: Meter, logger: Logger) {
    this.#receivers = receivers;
    this.#meter = meter;
    this.#logger = logger;
    this.#failures = new SparingLog((fields) => logger.warn('snapshot_not_sent', fields), null);
  }

  /** Begins to send. */
  send(snapshot: Snapshot, atMs: number): void {
    for (const each of this.#receivers) {
      if (this.#underWay.has(each.sink)) this.#count(each.sink, 'skipped');
      else this.#underWay.set(each.sink, this.#sendTo(each, snapshot, atMs));
    }
  }

  /** Cuts short what is under way, and everything later. */
  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#underWay.values());
  }

  async #sendTo(
    { sink, receiver }: Named<SnapshotReceiver<Snapshot>>,
    snapshot: Snapshot,
    atMs: number,
  ): Promise<void> {
    const { signal } = this.#ended;
    const outcome = await receiver.snapshot(snapshot, atMs, signal);
    this.#underWay.delete(sink);
    if (signal.aborted && outcome.kind !== 'sent') return;
    const isPart = outcome.kind === 'sent' && outcome.rejected !== undefined;
    this.#count(sink, isPart ? 'rejected' : outcome.kind);
    this.#log(sink, outcome);
  }

  /** The first of a row of failures, and its end. */
  #log(sink: string, outcome: SendOutcome): void {
    const failure = outcome.kind === 'sent' ? outcome.rejected : outcome;
    if (failure !== undefined) this.#failures.log({ sink, reason: failure.reason }, { key: sink });
    else if (this.#failures.end(sink)) this.#logger.info('Receiver accepts snapshots again', { sink });
  }

  #count(sink: string, outcome: string): void {
    this.#meter.add([countOf(SELF.pushSnapshots, [sink, outcome])]);
  }
}
