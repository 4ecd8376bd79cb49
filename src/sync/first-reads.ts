import type { Clock, Logger } from '../domain/contracts.ts';
import type { FirstRead } from '../domain/first-read.ts';
import type { ListingProgress } from './listing.ts';

/** Of one repository. */
interface Reading {
  readonly fromMs: number;
  readonly beganMs: number;
  /** Infinity: nothing was read yet. */
  reachedMs: number;
  /** Runs of that time, read before or now. */
  found: number;
  runsRead: number;
  isDone: boolean;
}

const NOTHING_RAN = 'nothing ran; for what is older: ant-watcher backfill --since 30d';
/** So often its progress is logged. */
const LOG_EVERY_MS = 10_000;

/** Follows how the last day of repositories that send no webhooks is read for the first time. */
export class FirstReads {
  readonly #steady: Clock;
  readonly #logger: Logger;
  readonly #readings = new Map<string, Reading>();
  #beganAtMs = 0;
  #loggedAtMs = 0;

  constructor({ steady, logger }: { readonly steady: Clock; readonly logger: Logger }) {
    this.#steady = steady;
    this.#logger = logger;
  }

  /** Again after an interruption: what was read then stays read. */
  begin(repository: string, fromMs: number, nowMs: number): void {
    if (this.#readings.has(repository)) return;
    if (this.status() === null) {
      this.#beganAtMs = this.#steady();
      this.#loggedAtMs = this.#beganAtMs;
    }
    const unread = { reachedMs: Number.POSITIVE_INFINITY, found: 0, runsRead: 0, isDone: false };
    this.#readings.set(repository, { fromMs, beganMs: nowMs, ...unread });
  }

  progress(repository: string, { reachedMs, read, listed, tooOld }: ListingProgress): void {
    const reading = this.#readings.get(repository);
    if (reading === undefined || reading.isDone) return;
    reading.reachedMs = Math.min(reading.reachedMs, Math.max(reachedMs, reading.fromMs));
    reading.runsRead = Math.max(reading.runsRead, read);
    reading.found = Math.max(reading.found, listed - tooOld);
    if (this.#steady() - this.#loggedAtMs < LOG_EVERY_MS) return;
    this.#loggedAtMs = this.#steady();
    this.#log('Reading the last day');
  }

  /** It can't be read, or is no longer wanted. */
  drop(repository: string): void {
    if (this.#readings.get(repository)?.isDone === false) this.#readings.delete(repository);
  }

  /** All of it was read. */
  end(repository: string): void {
    const reading = this.#readings.get(repository);
    if (reading === undefined || reading.isDone) return;
    reading.isDone = true;
    reading.reachedMs = reading.fromMs;
    if (this.status() === null) this.#log('The last day is read');
  }

  /** Null: nothing is being read for the first time. */
  status(): FirstRead | null {
    const all = [...this.#readings.values()];
    return all.every(({ isDone }) => isDone) ? null : summaryOf(all);
  }

  #log(message: string): void {
    const all = [...this.#readings.values()];
    const { runsRead, share, readUntilMs } = summaryOf(all);
    this.#logger.info(message, {
      repositories: all.length,
      runs: runsRead,
      percent: Math.floor(share * 100),
      ...(readUntilMs !== null && { readUntil: new Date(readUntilMs).toISOString() }),
      tookMs: Math.round(this.#steady() - this.#beganAtMs),
      ...(share === 1 && all.every(({ found }) => found === 0) && { hint: NOTHING_RAN }),
    });
  }
}

function summaryOf(all: readonly Reading[]): FirstRead {
  const reachedMs = Math.max(...all.map((each) => each.reachedMs));
  return {
    fromMs: Math.min(...all.map(({ fromMs }) => fromMs)),
    readUntilMs: Number.isFinite(reachedMs) ? reachedMs : null,
    runsRead: all.reduce((sum, { runsRead }) => sum + runsRead, 0),
    share: all.reduce((sum, each) => sum + shareOf(each), 0) / all.length,
  };
}

function shareOf({ beganMs, fromMs, reachedMs, isDone }: Reading): number {
  if (isDone) return 1;
  return Math.max(0, (beganMs - Math.min(reachedMs, beganMs)) / Math.max(beganMs - fromMs, 1));
}
