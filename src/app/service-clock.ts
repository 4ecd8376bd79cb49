import type { Clock, Engine, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { NO_DATE, type ServerTime } from '../github/server-time.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { monotonicMs, uptimeMs } from '../timing/monotonic.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { retryWhileUnavailable, unlessUnavailable } from '../timing/retry.ts';
import { openSerialQueue } from '../timing/serial-queue.ts';
import { type ServiceTime, SharedTime } from '../timing/service-time.ts';
import { TimeKeeper, TOLERANCE_MS, type Witness } from '../timing/time-keeper.ts';

/** What the clock needs once it runs. */
export interface ServiceClockParts {
  readonly engine: Pick<Engine, 'correctClock' | 'readMark' | 'writeMark'>;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Whether GitHub's API is used, so that it may be asked what time it is. */
  readonly canAsk: () => boolean;
  readonly askGitHub: () => Promise<ServerTime>;
  /** Waits that were measured while the machine was suspended are over. */
  readonly wake: () => void;
}

const LOOK_EVERY_MS = 1000;
const ASK_AGAIN_MS = 10_000;
const STORE_EVERY_MS = 60_000;
const SILENCE_LOGGED_EVERY_MS = 10 * 60_000;
/** Two answers are believed against the clock. */
const ANSWERS = 2;
/** How late it certainly is, for the next process. */
const PROVEN = 'clock/proven';

/** The time that the service works with (`TimeKeeper`), its witnesses, and what is said about it. */
export class ServiceClock {
  /** For the other thread. */
  readonly shared = new SharedTime();
  readonly #keeper: TimeKeeper;
  readonly #inTurn = openSerialQueue();
  readonly #closing = new AbortController();
  #parts: ServiceClockParts | null = null;
  #looks: Repetition | null = null;
  #asking: Promise<boolean> | null = null;
  /** Why GitHub did not say what time it is, when it was last asked. */
  #silence: string | null = null;
  readonly #silenceLog = new SparingLog(
    (fields) => this.#parts?.logger.warn('github_silent', fields),
    SILENCE_LOGGED_EVERY_MS,
  );
  #askAtMs = Number.NEGATIVE_INFINITY;
  #storeAtMs = Number.NEGATIVE_INFINITY;
  #lastStepAtMs: number | null = null;

  constructor(wall: Clock = Date.now) {
    this.#keeper = new TimeKeeper({
      wall,
      monotonic: monotonicMs,
      uptime: uptimeMs,
      shared: this.shared,
      canAsk: () => this.#canAsk(),
      onStep: (byMs) => this.#stepped(byMs),
      onCorrection: (byMs, witness) => this.#corrected(byMs, witness),
    });
  }

  get time(): ServiceTime {
    return this.#keeper.time;
  }

  /** From now on it looks for witnesses, beginning with what the process before had proven. */
  async start(parts: ServiceClockParts): Promise<void> {
    this.#parts = parts;
    parts.meter.add(zerosOf(SELF.clockSteps));
    const provenMs = await unlessUnavailable(
      () => parts.engine.readMark(PROVEN),
      () => null,
    );
    if (provenMs !== null) this.#keeper.remember(provenMs);
    this.#looks = repeatEvery(LOOK_EVERY_MS, () => this.#look());
  }

  /** The `Date` of an answer of GitHub. */
  heard(dateMs: number): void {
    this.#keeper.heard(dateMs);
  }

  /** As `TimeKeeper.signed`. */
  signed(atMs: number, run: unknown): void {
    this.#keeper.signed(atMs, run);
  }

  /**
   * Asks GitHub, unless it has confirmed the time since the last step. False: there was no answer, so that
   * nothing should be noted yet as known up to now.
   */
  confirm(): Promise<boolean> {
    if (this.#keeper.isConfirmed || !this.#canAsk()) return Promise.resolve(true);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** What is wrong with the machine's clock; null: nothing. */
  problem(): string | null {
    const aheadMs = this.#keeper.wallAheadMs;
    if (Math.abs(aheadMs) < TOLERANCE_MS) return null;
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    return `The clock of the machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the time that GitHub shows: synchronize it (NTP).`;
  }

  /** Why recovery and polling wait for GitHub; null: they don't. */
  waitsBecause(): string | null {
    return this.#silence === null || !this.#canAsk()
      ? null
      : `GitHub does not answer: ${this.#silence}. Nothing is read from it before it has said what time it is.`;
  }

  /** When the machine's clock was last set, or the machine was suspended; null: not since the start. */
  get lastStepAtMs(): number | null {
    return this.#lastStepAtMs;
  }

  readings(): GaugeReading[] {
    const aheadMs = this.#keeper.wallAheadMs;
    const isApart = Math.abs(aheadMs) >= TOLERANCE_MS;
    return [readingOf(SELF.clockOffset, [], isApart ? Math.round(aheadMs) / 1000 : 0)];
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#silenceLog.close();
    await this.#looks?.close();
    await this.#store();
  }

  #canAsk(): boolean {
    return this.#parts?.canAsk() ?? false;
  }

  async #look(): Promise<void> {
    this.#keeper.tick();
    const nowMs = this.time.steady();
    if (nowMs >= this.#askAtMs && !this.#keeper.isConfirmed) {
      this.#askAtMs = nowMs + ASK_AGAIN_MS;
      void this.confirm();
    }
    if (nowMs < this.#storeAtMs) return;
    this.#storeAtMs = nowMs + STORE_EVERY_MS;
    await this.#store();
  }

  async #ask(): Promise<boolean> {
    for (let answers = 0; answers < ANSWERS && !this.#keeper.isConfirmed; answers += 1) {
      const answer = (await this.#parts?.askGitHub()) ?? { reason: 'not started' };
      if (!('ms' in answer) && answer.reason !== NO_DATE) {
        this.#silent(answer.reason);
        return false;
      }
      this.#silence = null;
      this.#silenceLog.end();
      if (!('ms' in answer)) return true;
      // A proxy that answers for GitHub is no witness.
      if (!answer.isFromGitHub) return true;
      this.#keeper.heard(answer.ms);
    }
    return this.#keeper.isConfirmed;
  }

  #silent(reason: string): void {
    if (this.#closing.signal.aborted) return;
    this.#silence = reason;
    this.#silenceLog.log({ reason });
  }

  #stepped(byMs: number): void {
    this.#lastStepAtMs = this.time.clock();
    this.#askAtMs = Number.NEGATIVE_INFINITY;
    this.#parts?.meter.add([countOf(SELF.clockSteps, [])]);
    this.#parts?.logger.warn('clock_stepped', { seconds: Math.round(byMs / 1000) });
    this.#parts?.wake();
  }

  #corrected(byMs: number, witness: Witness): void {
    if (Math.abs(byMs) >= TOLERANCE_MS)
      this.#parts?.logger.warn('clock_corrected', { seconds: Math.round(byMs / 1000), witness });
    const { engine } = this.#parts ?? {};
    if (engine === undefined) return;
    const correct = () =>
      retryWhileUnavailable(() => engine.correctClock(byMs), {
        onFailure() {},
        signal: this.#closing.signal,
      });
    // A thread that is gone has ended the process.
    void this.#inTurn(correct).catch(() => undefined);
    this.#parts?.wake();
  }

  async #store(): Promise<void> {
    const provenMs = this.time.proven();
    if (provenMs === 0) return;
    await unlessUnavailable(
      async () => this.#parts?.engine.writeMark(PROVEN, provenMs),
      () => undefined,
    );
  }
}
