import type { ReceiverNote, SinkPlace } from '../domain/outbox.ts';
import type { ReceiverProcess } from '../domain/sample.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import type { Monotonic } from '../timing/monotonic.ts';
import type { Receiver } from './receiver.ts';

/*
 * VictoriaMetrics loses what it accepted in the seconds before a crash, and so do others. So what a receiver
 * took is safe only once the same process has lived for some time after that.
 */

export interface RestartWatchOptions {
  readonly sink: string;
  readonly receiver: Pick<Receiver<never>, 'process'>;
  /** What was taken is safe after so long; 0: at once. */
  readonly windowMs: number;
  readonly monotonic: Monotonic;
  readonly place: SinkPlace;
}

/** Samples that were taken between two ages of the receiver (`#aliveMs`). */
interface Taken {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly endSeq: number;
}

/** Parts of the window that are distinguished, so that their number is limited. */
const PARTS = 30;
const MIN_PERIOD_MS = 1000;
const MAX_PERIOD_MS = 10_000;
/** A receiver that does not answer shall not delay what is sent to it. */
const SILENT_PERIODS = 10;
/** One that takes samples and does not answer so often never will. */
const MAX_UNANSWERED = 6;
const MAX_SEEN = 32;
const SILENT: ReceiverProcess = { kind: 'silent' };

/** Notices that a receiver has restarted, and knows which samples it keeps in any case. */
export class RestartWatch {
  readonly #options: RestartWatchOptions;
  readonly #periodMs: number;
  /**
   * Start times. One that comes back is no restart: several processes share the address, or a clock was set.
   */
  readonly #seen: string[] = [];
  #taken: readonly Taken[];
  #process: string | null;
  #safeSeq: number;
  /** How often it took samples and then did not answer, since it last failed to take some. */
  #unanswered = 0;
  #lookedAtSeq = 0;
  /** Nothing listened there since the last answer. */
  #wasAway = false;
  #dueMs = Number.NEGATIVE_INFINITY;
  /** How long the receiver surely ran: one that is suspended, perhaps together with us, writes nothing to its disk. */
  #aliveMs = 0;
  #heardMs: number;

  constructor(options: RestartWatchOptions) {
    const { windowMs, monotonic, place } = options;
    this.#options = options;
    this.#periodMs = Math.min(Math.max(windowMs / 6, MIN_PERIOD_MS), MAX_PERIOD_MS);
    this.#process = place.process;
    if (place.process !== null) this.#seen.push(place.process);
    this.#safeSeq = place.safeSeq;
    // How long ago an earlier process of ours sent them is unknown: the wall clock may be wrong.
    this.#heardMs = monotonic();
    this.#taken = [{ firstMs: 0, lastMs: 0, endSeq: place.nextSeq }];
  }

  get #endSeq(): number {
    return this.#taken.at(-1)?.endSeq ?? this.#safeSeq;
  }

  /** Whether what is taken has to be kept for a while. */
  get keeps(): boolean {
    return this.#options.windowMs > 0;
  }

  /** Whether it is time to look: before samples are sent, or while the latest ones are not safe. */
  isDue(isSending: boolean): boolean {
    if (!this.keeps || (!isSending && this.#safeSeq >= this.#endSeq)) return false;
    return this.#options.monotonic() >= this.#dueMs;
  }

  noteOutcome(outcome: SendOutcome): void {
    if (outcome.kind !== 'retry') return;
    this.#unanswered = 0;
    this.#dueMs = Number.NEGATIVE_INFINITY;
    if (outcome.isAway === true) this.#wasAway = true;
  }

  /** To be called once the sink is past samples that the receiver took, or rejected. */
  notePassed(endSeq: number): void {
    if (!this.keeps) return;
    this.#hear(this.#options.monotonic());
    const lastMs = this.#aliveMs;
    const last = this.#taken.at(-1);
    const joins = last !== undefined && lastMs - last.firstMs < this.#options.windowMs / PARTS;
    const earlier = joins ? this.#taken.slice(0, -1) : this.#taken;
    this.#taken = [...earlier, { firstMs: joins ? last.firstMs : lastMs, lastMs, endSeq }];
  }

  /** Asks the receiver which process it is. Returns what has to be stored of that; null: nothing. */
  async look(signal: AbortSignal): Promise<ReceiverNote | null> {
    const askedMs = this.#options.monotonic();
    const found = (await this.#options.receiver.process?.(signal)) ?? SILENT;
    const periods = found.kind === 'silent' ? SILENT_PERIODS : 1;
    this.#dueMs = this.#options.monotonic() + periods * this.#periodMs;
    const hasTaken = this.#endSeq > this.#lookedAtSeq;
    this.#lookedAtSeq = this.#endSeq;
    if (found.kind === 'answers') return this.#learn(found, askedMs);
    if (found.kind === 'away') this.#wasAway = true;
    if (hasTaken) this.#unanswered += 1;
    return this.#unanswered > MAX_UNANSWERED ? this.#noteSafe(this.#process) : null;
  }

  #learn(found: ReceiverProcess & { kind: 'answers' }, askedMs: number): ReceiverNote | null {
    const hasRestarted = this.#hasRestarted(found);
    this.#hear(askedMs);
    this.#wasAway = false;
    this.#unanswered = 0;
    const before = this.#process;
    const { startedAt, isIdempotent } = found;
    if (startedAt !== null && (before === null || !isSame(startedAt, before))) this.#process = startedAt;
    if (startedAt !== null && !this.#hasSeen(startedAt)) this.#seen.push(startedAt);
    if (this.#seen.length > MAX_SEEN) this.#seen.shift();
    if (!hasRestarted) return this.#noteSafe(before);
    const note = { sink: this.#options.sink, process: this.#process, safeSeq: this.#safeSeq };
    if (!isIdempotent) this.#safeSeq = this.#endSeq;
    this.#taken = [];
    return { ...note, restart: isIdempotent ? 'repeat' : 'give_up' };
  }

  /** It lives. */
  #hear(atMs: number): void {
    this.#aliveMs += Math.min(Math.max(0, atMs - this.#heardMs), 2 * this.#periodMs);
    this.#heardMs = Math.max(this.#heardMs, atMs);
  }

  /** Nothing was lost so far. */
  #noteSafe(processBefore: string | null): ReceiverNote | null {
    const { sink, windowMs } = this.#options;
    const safeBefore = this.#safeSeq;
    const safe = this.#taken.findLast(({ lastMs }) => lastMs <= this.#aliveMs - windowMs);
    if (safe !== undefined) {
      this.#taken = this.#taken.slice(this.#taken.indexOf(safe) + 1);
      this.#safeSeq = Math.max(this.#safeSeq, safe.endSeq);
    }
    if (this.#safeSeq === safeBefore && this.#process === processBefore) return null;
    return { sink, process: this.#process, safeSeq: this.#safeSeq, restart: null };
  }

  #hasRestarted({ startedAt, isDatabase }: ReceiverProcess & { kind: 'answers' }): boolean {
    const mayHaveEnded = this.#wasAway && this.#endSeq > this.#safeSeq;
    if (startedAt === null || this.#process === null) return mayHaveEnded;
    return this.#hasSeen(startedAt) ? !isDatabase && mayHaveEnded : true;
  }

  #hasSeen(startedAt: string): boolean {
    return this.#seen.some((each) => isSame(each, startedAt));
  }
}

/** Prometheus computes its start anew each time, and it varies a little. */
function isSame(startedAt: string, other: string): boolean {
  return startedAt === other || Math.abs(Number(startedAt) - Number(other)) < 1;
}
