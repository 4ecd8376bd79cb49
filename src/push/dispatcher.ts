import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import { countOf } from '../domain/metric.ts';
import type { Batch, Settlement } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { SendOutcome } from '../domain/sample.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';
import { retryWhileUnavailable } from '../timing/retry.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import { type Sleep, sleep } from '../timing/sleep.ts';
import { firstPace, nextPace, type Pace, type PaceLimits, type PaceStep } from './pace.ts';
import type { Receiver } from './receiver.ts';
import { RestartWatch } from './restart-watch.ts';
import { sendable, unsendable } from './sendable.ts';

export interface DispatcherOptions extends PaceLimits {
  /** The sink's name in the outbox and in the label `sink`. */
  readonly sink: string;
  readonly outbox: Outbox<EventSample>;
  readonly receiver: Receiver;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether this process sends: of those that share the outbox, one does. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
  /** How long samples wait for more of them to share a request. */
  readonly batchAgeMs: number;
  /** What the receiver took is kept for so long, to be sent again should it restart; 0: it is not. */
  readonly resendWindowMs: number;
  /** When the receiver last accepted samples from the previous dispatcher. */
  readonly lastSentAtMs?: number | null;
  readonly monotonic?: Monotonic;
  readonly random?: () => number;
  readonly sleep?: Sleep;
}

const STANDBY_MS = 250;

/** Why a receiver last accepted nothing. */
export interface SendProblem {
  readonly kind: string;
  readonly reason: string;
  readonly atMs: number;
}

/**
 * Sends what waits in the outbox for one sink, in order and one request at a time, so that the samples of a
 * series never overtake one another. Samples leave the outbox once the receiver is safe to keep them, or said
 * that it never will.
 */
export class Dispatcher {
  readonly sink: string;
  /** Rejects on a bug, which ends the process; resolves after `close`. */
  readonly done: Promise<void>;
  readonly #options: DispatcherOptions;
  /** Aborts the request in progress, and everything else. */
  readonly #abort = new AbortController();
  /** Ends every wait: what is stored is sent now. */
  readonly #flushing = new AbortController();
  /** There may be one for each sample. */
  readonly #rejections: SparingLog;
  #pace: Pace;
  /** Nothing more is read after the current batch. */
  #isLast = false;
  #lastSentAtMs: number | null;
  #lastProblem: SendProblem | null = null;

  constructor(options: DispatcherOptions) {
    this.sink = options.sink;
    this.#options = options;
    const write = (fields: object) => options.logger.error('samples_rejected', fields);
    this.#rejections = new SparingLog(write, 60_000, options.monotonic);
    this.#pace = firstPace(options);
    this.#lastSentAtMs = options.lastSentAtMs ?? null;
    this.done = this.#run();
  }

  get lastSentAtMs(): number | null {
    return this.#lastSentAtMs;
  }

  get lastProblem(): SendProblem | null {
    return this.#lastProblem;
  }

  /** Sends what waits, until the receiver refuses or `graceMs` is over, and stops; the rest stays stored. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#abort.abort(), graceMs);
    this.#flushing.abort();
    try {
      await this.done;
    } finally {
      clearTimeout(timer);
      this.#rejections.close();
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
      const isSent = !isEmpty && (await this.#deliver(batch, watch));
      // Samples that come within that time share the next request.
      if (isEmpty || (isSent && batch.entries.length < size)) await this.#sleep(batchAgeMs);
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
    const { outbox, receiver, resendWindowMs: windowMs, monotonic = monotonicMs } = this.#options;
    const { sink } = this;
    const place = await this.#retryStore(() => outbox.place(sink));
    if (place === null) return null;
    const { process, nextSeq: safeSeq } = place;
    // What an earlier setting has kept.
    if (windowMs === 0 && place.safeSeq < safeSeq)
      await this.#retryStore(() => outbox.note({ sink, process, safeSeq, restart: null }));
    return new RestartWatch({ sink, receiver, windowMs, monotonic, place });
  }

  /** Whether the receiver has restarted, so that the next samples may be others. */
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

  /** Returns whether the receiver accepted them. */
  async #deliver(batch: Batch<EventSample>, watch: RestartWatch): Promise<boolean> {
    const { receiver, meter, random = Math.random } = this.#options;
    const { sink } = this;
    const { samples, named, endSeq, problem } = sendable(batch);
    const outcome = problem === null ? await receiver.send(named, this.#abort.signal) : unsendable(problem);
    const isSent = outcome.kind === 'sent';
    // A request that the shutdown aborted is sent again after the next start.
    if (this.#abort.signal.aborted && !isSent) return false;
    meter.add([countOf(SELF.pushRequests, [sink, outcome.kind])]);
    const next = nextPace(this.#pace, outcome, samples.length, this.#options, random());
    this.#log(outcome, next, batch.isRepeat ? null : samples);
    this.#pace = next.pace;
    watch.noteOutcome(outcome);
    if (next.settle !== null) {
      const rest = isSent ? { dead: [] } : { dead: samples, reason: outcome.reason };
      await this.#settle({ sink, endSeq, outcome: next.settle, isKept: watch.keeps, ...rest });
      watch.notePassed(endSeq);
    }
    if (outcome.kind === 'retry' || outcome.kind === 'refused') {
      if (this.#flushing.signal.aborted) this.#abort.abort();
      else await this.#sleep(next.waitMs);
    }
    return isSent;
  }

  async #settle(settlement: Settlement<EventSample>): Promise<void> {
    const isSettled = await this.#retryStore(async () => {
      await this.#options.outbox.settle(settlement);
      return true;
    });
    if (isSettled === null) this.#abort.abort();
  }

  /**
   * One line for each problem, not for each attempt or sample. `samples`: null if the receiver took them
   * before.
   */
  #log(outcome: SendOutcome, { settle, waitMs }: PaceStep, samples: readonly EventSample[] | null): void {
    const { logger, clock } = this.#options;
    const { sink } = this;
    const isRepeated = this.#pace.attempts > 0;
    if (outcome.kind === 'sent') {
      if (isRepeated) logger.info('Receiver accepts samples again', { sink });
      this.#lastSentAtMs = clock();
      return;
    }
    const { kind, reason } = outcome;
    const isNew = !isRepeated || kind !== this.#lastProblem?.kind || reason !== this.#lastProblem.reason;
    this.#lastProblem = { kind, reason, atMs: clock() };
    const hint = 'hint' in outcome ? { hint: outcome.hint } : {};
    const fields = { sink, reason, ...hint, waitMs: Math.round(waitMs) };
    if (settle === 'rejected') {
      if (samples !== null)
        this.#rejections.log({ sink, reason, first: samples[0] }, { count: samples.length });
    } else if (kind === 'refused' && isNew) {
      logger.error('receiver_refuses', fields);
    } else if (kind === 'retry' && !isRepeated) {
      logger.warn('receiver_unavailable', fields);
    }
  }

  /** Ends early when the service stops. */
  #sleep(ms: number): Promise<void> {
    const { sleep: wait = sleep } = this.#options;
    return wait(ms, this.#flushing.signal);
  }
}
