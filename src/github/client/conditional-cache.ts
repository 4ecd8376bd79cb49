/** An answer that may be asked for again on the condition that it has changed. */
export interface CachedAnswer {
  readonly body: Buffer;
  readonly link: string | null;
  /** The header to ask with, and its value. */
  readonly condition: readonly [name: string, value: string];
}

/** What an entry takes beside its body, as an estimate. */
const ENTRY_BYTES = 500;
/** One answer must not push out all others. */
const LARGEST_SHARE = 1 / 4;

/**
 * Answers with an `ETag` or a `Last-Modified`, by URL and by who asked; what was not used for longest is let go first. A 304
 * does not count against the primary limit (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
 * An ETag may change with the installation's token, each hour: then the answer is sent whole once more, and is right.
 */
export class ConditionalCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, CachedAnswer>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What is kept for that URL and credential; it counts as used. */
  find(url: string, credential: string): CachedAnswer | undefined {
    const key = keyOf(url, credential);
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** Keeps the answer where its headers and its size allow. */
  keep(url: string, credential: string, headers: Headers, body: Buffer): void {
    const key = keyOf(url, credential);
    this.#remove(key);
    const condition = conditionOf(headers);
    if (condition === null || body.length > this.#maxBytes * LARGEST_SHARE) return;
    this.#entries.set(key, { body, link: headers.get('link'), condition });
    this.#bytes += body.length + ENTRY_BYTES;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.body.length + ENTRY_BYTES;
  }
}

function keyOf(url: string, credential: string): string {
  return `${credential} ${url}`;
}

/** `ETag` first: `Last-Modified` does not tell two changes of one second apart. */
function conditionOf(headers: Headers): CachedAnswer['condition'] | null {
  const etag = headers.get('etag');
  if (etag !== null) return ['If-None-Match', etag];
  const modified = headers.get('last-modified');
  return modified === null ? null : ['If-Modified-Since', modified];
}
