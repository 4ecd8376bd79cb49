import type { EventSample } from '../domain/event-sample.ts';

const SECOND_MS = 1000;
/** What comes together is told within minutes; more than this many samples back, two of one moment are not told apart. */
const REMEMBERED = 20_000;

/**
 * Gives samples of one series different milliseconds. GitHub tells whole seconds, and the last digits of an id make a
 * millisecond of them (event-sample.ts); where two events of one series agree in both, as can happen when a large matrix is
 * cancelled at once, a database would keep one of them. The later told of the two gets the next free millisecond of
 * the second.
 */
export class UniqueTimestamps {
  readonly #taken = new Set<string>();

  /** The samples at moments that are free. They are taken once `keep` is told of them. */
  place(samples: readonly EventSample[]): readonly EventSample[] {
    if (samples.length === 0) return samples;
    const mine = new Set<string>();
    return samples.map((sample) => {
      const series = `${sample.metric}\0${sample.labels.join('\0')}\0`;
      const atMs = freeTimestamp(sample.atMs, (ms) => this.#taken.has(series + ms) || mine.has(series + ms));
      mine.add(series + atMs);
      return atMs === sample.atMs ? sample : { ...sample, atMs };
    });
  }

  /** These samples are stored. */
  keep(samples: readonly EventSample[]): void {
    for (const { metric, labels, atMs } of samples)
      this.#taken.add(`${metric}\0${labels.join('\0')}\0${atMs}`);
    for (const oldest of this.#taken) {
      if (this.#taken.size <= REMEMBERED) return;
      this.#taken.delete(oldest);
    }
  }
}

/** The first moment of the same second, from `atMs` on and around, that is not taken; `atMs` when all are. */
function freeTimestamp(atMs: number, isTaken: (ms: number) => boolean): number {
  const second = Math.floor(atMs / SECOND_MS) * SECOND_MS;
  for (let step = 0; step < SECOND_MS; step += 1) {
    const ms = second + ((atMs - second + step) % SECOND_MS);
    if (!isTaken(ms)) return ms;
  }
  return atMs;
}
