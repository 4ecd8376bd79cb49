import type { Meter } from '../domain/contracts.ts';
import { countOf } from '../domain/metric.ts';
import type { Batch, Settlement } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { monotonicMs } from '../timing/monotonic.ts';
import { retryWhileUnavailable } from '../timing/retry.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import { type Sleep, sleep } from '../timing/sleep.ts';
import { traced } from '../timing/traced.ts';
import { firstPace, nextPace, type Pace, type PaceLimits, type Sent } from './pace.ts';
import type { Receiver } from './receiver.ts';
import { RestartWatch } from './restart-watch.ts';
import { SendLog, type SendLogOptions, type SendProblem } from './send-log.ts';

export interface DispatcherOptions<Entry> extends PaceLimits, SendLogOptions<Entry> {
  /** The sink's name in the outbox and in the label `sink`. */
  readonly sink: string;
  readonly outbox: Outbox<Entry>;
  readonly receiver: Receiver<Entry>;
  readonly meter: Meter;
  /** Whether this process sends: of those that share the outbox, one does. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
  /** How long entries wait for more of them to share a request. */
  readonly batchAgeMs: number;
  /** What the receiver took is kept for so long, to be sent again should it restart; 0: it is not. */
  readonly resendWindowMs: number;
  readonly random?: () => number;
  readonly sleep?: Sleep;
}

const STANDBY_MS = 250;

/** What goes out in one request. */
interface Part<Entry> {
  readonly entries: readonly Entry[];
  /** The position in the outbox after the last of them. */
  readonly endSeq: number;
  readonly sent: Sent;
}

/**
 * Sends what waits in the outbox for one sink, in order and one request at a time, so that the samples of a
 * series never overtake one another. Entries leave the outbox once the receiver is safe to keep them, or said
 * that it never will.
 */
export class Dispatcher<Entry> {
  readonly sink: string;
  /** Rejects on a bug, which ends the process; resolves after `close`. */
  readonly done: Promise<void>;
  readonly #options: DispatcherOptions<Entry>;
  /** Aborts the request in progress, and everything else. */
  readonly #abort = new AbortController();
  /** Ends every wait: what is stored is sent now. */
  readonly #flushing = new AbortController();
  readonly #log: SendLog<Entry>;
  #pace: Pace;
  /** Nothing more is read after the current batch. */
  #isLast = false;

  constructor(options: DispatcherOptions<Entry>) {
    this.sink = options.sink;
    this.#options = options;
    this.#log = new SendLog(options);
    this.#pace = firstPace(options);
    this.done = this.#run();
  }

  get lastSentAtMs(): number | null {
    return this.#log.lastSentAtMs;
  }

  get lastProblem(): SendProblem | null {
    return this.#log.lastProblem;
  }

  /** Sends what waits, until the receiver refuses or `graceMs` is over, and stops; the rest stays stored. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#abort.abort(), graceMs);
    this.#flushing.abort();
    try {
      await this.done;
    } finally {
      clearTimeout(timer);
      this.#log.close();
      await this.#options.receiver.close();
    }
  }

  /** Like `close`, but right after the current request: the next dispatcher sends the rest. */
  async handOver(graceMs: number): Promise<void> {
    this.#isLast = true;
    await this.close(graceMs);
  }

  async #run(): Promise<void> {
    const { outbox, batchAgeMs } = this.#options;
    let watch: RestartWatch | null = null;
    while (!this.#abort.signal.aborted && !this.#isLast) {
      if (!this.#options.lead.isHeld) {
        if (this.#flushing.signal.aborted) return;
        // Another process moves the place meanwhile.
        watch = null;
        await this.#sleep(STANDBY_MS);
        continue;
      }
      const { size } = this.#pace;
      const batch = await this.#retryStore(() => outbox.read(this.sink, size));
      if (batch === null) return;
      const isEmpty = batch.entries.length === 0;
      if (isEmpty && this.#flushing.signal.aborted) return;
      watch ??= await this.#openWatch();
      if (watch === null) return;
      if (await this.#mustRepeat(watch, !isEmpty)) continue;
      const isSent = !isEmpty && (await this.#tracedDelivery(batch, watch));
      // What comes within that time shares the next request.
      if (isEmpty || (isSent && !this.#isFull(batch, size))) await this.#sleep(batchAgeMs);
    }
  }

  /**
   * Retries until the store is available. Nothing is lost by waiting; above all, nothing is sent twice
   * because the store can't note that it was sent. Null: the service stops first.
   */
  #retryStore<T>(work: () => Promise<T>): Promise<T | null> {
    const { logger } = this.#options;
    return retryWhileUnavailable(work, {
      signal: this.#flushing.signal,
      sleep: this.#options.sleep,
      onFailure: (err, attempt) => {
        const fields = { sink: this.sink, err };
        if (attempt === 1) logger.error('sending_paused', fields);
      },
    });
  }

  /** Null: the service stops first. */
  async #openWatch(): Promise<RestartWatch | null> {
    const { outbox, receiver, resendWindowMs, monotonic = monotonicMs } = this.#options;
    const { sink } = this;
    const windowMs = receiver.process === undefined ? 0 : resendWindowMs;
    const place = await this.#retryStore(() => outbox.place(sink));
    if (place === null) return null;
    const { process, nextSeq: safeSeq } = place;
    // What an earlier setting has kept.
    if (windowMs === 0 && place.safeSeq < safeSeq)
      await this.#retryStore(() => outbox.note({ sink, process, safeSeq, restart: null }));
    return new RestartWatch({ sink, receiver, windowMs, monotonic, place });
  }

  /** Whether the receiver has restarted, so that the next entries may be others. */
  async #mustRepeat(watch: RestartWatch, isSending: boolean): Promise<boolean> {
    const { outbox, logger } = this.#options;
    const { sink } = this;
    if (this.#flushing.signal.aborted || !watch.isDue(isSending)) return false;
    const note = await watch.look(this.#flushing.signal);
    if (note === null) return false;
    const samples = await this.#retryStore(() => outbox.note(note));
    if (samples === null || note.restart === null) return false;
    if (note.restart === 'repeat')
      logger.info('Receiver has restarted; repeating its latest samples', { sink, samples });
    else if (samples > 0) logger.warn('receiver_forgets', { sink, samples });
    return true;
  }

  /** As `#deliver`. */
  #tracedDelivery(batch: Batch<Entry>, watch: RestartWatch): Promise<boolean> {
    const attributes = { 'ant_watcher.sink': this.sink, 'ant_watcher.entries': batch.entries.length };
    return traced(
      () => ({ name: 'push', attributes, isRoot: true }),
      () => this.#deliver(batch, watch),
    );
  }

  /** Returns whether the receiver accepted all of the batch. */
  async #deliver(batch: Batch<Entry>, watch: RestartWatch): Promise<boolean> {
    const { receiver, meter, random = Math.random } = this.#options;
    const { sink } = this;
    const { count, outcome } = await receiver.send(batch.entries, this.#abort.signal);
    const isSent = outcome.kind === 'sent';
    // A request that the shutdown aborted is sent again after the next start.
    if (this.#abort.signal.aborted && !isSent) return false;
    meter.add([countOf(SELF.pushRequests, [sink, outcome.kind])]);
    const part = this.#partOf(batch, count);
    const next = nextPace(this.#pace, outcome, part.sent, this.#options, random());
    const { isRepeat } = batch;
    this.#log.note(outcome, next, isRepeat ? null : { first: part.entries[0], count: part.sent.weight });
    this.#pace = next.pace;
    watch.noteOutcome(outcome);
    if (next.settle !== null) {
      await this.#settle(next.settle, outcome, part, watch.keeps);
      watch.notePassed(part.endSeq);
    }
    if (outcome.kind === 'retry' || outcome.kind === 'refused') {
      if (this.#flushing.signal.aborted) this.#abort.abort();
      else await this.#sleep(next.waitMs);
    }
    return isSent && count === batch.entries.length;
  }

  /** The first entries of a batch. */
  #partOf({ entries, endSeq }: Batch<Entry>, count: number): Part<Entry> {
    const rest = this.#weightOf(entries.slice(count));
    const first = count === entries.length ? entries : entries.slice(0, count);
    return { entries: first, endSeq: endSeq - rest, sent: { entries: count, weight: this.#weightOf(first) } };
  }

  /** Whether more may wait: where entries have several spans, the next one may not have fitted. */
  #isFull({ entries }: Batch<Entry>, size: number): boolean {
    const weight = this.#weightOf(entries);
    return weight >= (weight > entries.length ? size / 2 : size);
  }

  #weightOf(entries: readonly Entry[]): number {
    const { weigh } = this.#options.stream;
    return entries.reduce((sum, entry) => sum + weigh(entry), 0);
  }

  async #settle(
    as: Settlement['outcome'],
    outcome: SendOutcome,
    { entries, endSeq, sent }: Part<Entry>,
    isKept: boolean,
  ): Promise<void> {
    const { outbox } = this.#options;
    const { sink } = this;
    const rest =
      outcome.kind === 'sent'
        ? { dead: [], rejectedCount: Math.min(outcome.rejected?.count ?? 0, sent.weight) }
        : { dead: entries, reason: outcome.reason };
    const isSettled = await this.#retryStore(async () => {
      await outbox.settle({ sink, endSeq, outcome: as, isKept, ...rest });
      return true;
    });
    if (isSettled === null) this.#abort.abort();
  }

  /** Ends early when the service stops. */
  #sleep(ms: number): Promise<void> {
    const { sleep: wait = sleep } = this.#options;
    return wait(ms, this.#flushing.signal);
  }
}
