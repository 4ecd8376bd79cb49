import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';

/** Writes one line. */
export type WriteLine = (fields: object) => void;

interface Window {
  readonly sinceMs: number;
  /** Since the last line. */
  count: number;
  fields: object;
  readonly timer: NodeJS.Timeout | null;
}

/**
 * Keeps what happens often from filling the log. Of each key, the first time is a line; then, while it goes
 * on, one line in
 * `everyMs` with the latest fields. `count` in a line is how often it happened since the line before. With
 * `everyMs` null a key is one line, without a count, until it is over. Keys must come from a set that does
 * not grow without end.
 */
export class SparingLog {
  readonly #write: WriteLine;
  readonly #monotonic: Monotonic;
  readonly #everyMs: number | null;
  readonly #windows = new Map<string, Window>();

  constructor(write: WriteLine, everyMs: number | null, monotonic: Monotonic = monotonicMs) {
    this.#write = write;
    this.#monotonic = monotonic;
    this.#everyMs = everyMs;
  }

  /** It happened, `count` times. Answers whether that made a line. */
  log(
    fields: object,
    { key = '', count = 1 }: { readonly key?: string; readonly count?: number } = {},
  ): boolean {
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#open(key, count, fields);
      return true;
    }
    window.count += count;
    window.fields = fields;
    const isOver = this.#everyMs !== null && this.#monotonic() - window.sinceMs >= this.#everyMs;
    if (isOver) this.#endWindow(key);
    return isOver;
  }

  /** The next time of this key is the first again. Answers whether there was one. */
  end(key = ''): boolean {
    clearTimeout(this.#windows.get(key)?.timer ?? undefined);
    return this.#windows.delete(key);
  }

  /** Writes the counts that are left. */
  close(): void {
    for (const [key, { count, fields }] of this.#windows) {
      if (this.#everyMs !== null && count > 0) this.#write({ ...fields, count });
      this.end(key);
    }
  }

  #open(key: string, count: number, fields: object): void {
    const everyMs = this.#everyMs;
    this.#write(everyMs === null ? fields : { ...fields, count });
    const timer = everyMs === null ? null : setTimeout(() => this.#endWindow(key), everyMs).unref();
    this.#windows.set(key, { sinceMs: this.#monotonic(), count: 0, fields, timer });
  }

  #endWindow(key: string): void {
    const window = this.#windows.get(key);
    this.end(key);
    if (window !== undefined && window.count > 0) this.#open(key, window.count, window.fields);
  }
}
