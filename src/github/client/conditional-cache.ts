/** An answer that can be requested again on the condition that it has changed. */
export interface CachedAnswer {
  readonly body: Buffer;
  readonly link: string | null;
  /** The header for the request, and its value. */
  readonly condition: readonly [name: string, value: string];
}

/** What an entry takes besides its body; an estimate. */
const ENTRY_BYTES = 500;
/** One answer must not push out all others. */
const LARGEST_SHARE = 1 / 4;

/**
 * Answers with an `ETag` or `Last-Modified`, by URL and credential; the least recently used are dropped
 * first. A 304 does not count against the primary limit
 * (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api). An ETag may change
 * with the installation's token, each hour: then the answer is sent in full once more, which is correct.
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

  /** The entry for that URL and credential; this counts as a use. */
  find(url: string, credential: string): CachedAnswer | undefined {
    const key = keyOf(url, credential);
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** Keeps the answer if its headers and its size allow it. */
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

/** `ETag` first: `Last-Modified` can't distinguish two changes within a second. */
function conditionOf(headers: Headers): CachedAnswer['condition'] | null {
  const etag = headers.get('etag');
  if (etag !== null) return ['If-None-Match', etag];
  const modified = headers.get('last-modified');
  return modified === null ? null : ['If-Modified-Since', modified];
}
