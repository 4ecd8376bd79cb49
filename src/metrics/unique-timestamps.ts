import type { EventSample } from '../domain/event-sample.ts';

const SECOND_MS = 1000;
/**
 * Events of the same second arrive within minutes of each other. Samples further back than this many are
 * forgotten.
 */
const REMEMBERED = 20_000;

/**
 * Gives samples of one series different timestamps. GitHub's times are whole seconds, and the last digits of
 * an id become the milliseconds (event-sample.ts). If two events of one series agree in both, as can happen
 * when a large matrix is cancelled at once, a database would keep only one. The second to arrive gets the
 * next free millisecond of the second.
 */
export class UniqueTimestamps {
  readonly #taken = new Set<string>();

  /** The samples with free timestamps, which are reserved by `keep`. */
  assign(samples: readonly EventSample[]): readonly EventSample[] {
    if (samples.length === 0) return samples;
    const mine = new Set<string>();
    return samples.map((sample) => {
      const series = `${sample.metric}\0${sample.labels.join('\0')}\0`;
      const atMs = freeTimestamp(sample.atMs, (ms) => this.#taken.has(series + ms) || mine.has(series + ms));
      mine.add(series + atMs);
      return atMs === sample.atMs ? sample : { ...sample, atMs };
    });
  }

  /** Marks the timestamps of stored samples as used. */
  keep(samples: readonly Omit<EventSample, 'value'>[]): void {
    for (const { metric, labels, atMs } of samples)
      this.#taken.add(`${metric}\0${labels.join('\0')}\0${atMs}`);
    for (const oldest of this.#taken) {
      if (this.#taken.size <= REMEMBERED) return;
      this.#taken.delete(oldest);
    }
  }
}

/** The first free millisecond of the same second, from `atMs` on and around; `atMs` if none is free. */
function freeTimestamp(atMs: number, isTaken: (ms: number) => boolean): number {
  const second = Math.floor(atMs / SECOND_MS) * SECOND_MS;
  for (let step = 0; step < SECOND_MS; step += 1) {
    const ms = second + ((atMs - second + step) % SECOND_MS);
    if (!isTaken(ms)) return ms;
  }
  return atMs;
}
