import type { ResponseHeaders } from '../../outbound/exchange.ts';
import { type Monotonic, monotonicMs } from '../../timing/monotonic.ts';

/** An answer that can be requested again on the condition that it has changed. */
export interface CachedAnswer {
  readonly body: Buffer;
  readonly link: string | null;
  readonly etag: string;
}

interface Entry extends CachedAnswer {
  readonly sinceMs: number;
  /** How often it may still be used before it is requested without a condition. */
  usesLeft: number;
  /** Its ETag has stayed the same while the content changed. */
  readonly isUnreliable: boolean;
}

/** What an entry takes besides its body; an estimate. */
const ENTRY_BYTES = 500;
/** One answer must not push out all others. */
const LARGEST_SHARE = 1 / 4;
/**
 * A proxy or a faulty server may confirm an ETag for ever, so now and then an answer is requested in full.
 */
const MAX_USES = 20;
const MAX_AGE_MS = 6 * 3_600_000;

/**
 * Answers with an `ETag`, by URL and credential; the least recently used are dropped first. A 304 does not
 * count against the primary limit
 * (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api). An ETag may change
 * with the installation's token, each hour: then the answer is sent in full once more, which is correct.
 * `Last-Modified` is not used: GitHub answers 304 although there is something new
 * (https://github.com/hub4j/github-api/issues/669).
 */
export class ConditionalCache {
  readonly #maxBytes: number;
  readonly #monotonic: Monotonic;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(maxBytes: number, monotonic = monotonicMs) {
    this.#maxBytes = maxBytes;
    this.#monotonic = monotonic;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The entry for that URL and credential, unless it is time to request it in full. This counts as a use. */
  find(url: string, credential: string): CachedAnswer | undefined {
    const key = keyOf(url, credential);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (entry.isUnreliable || this.#monotonic() - entry.sinceMs >= MAX_AGE_MS) return undefined;
    entry.usesLeft -= 1;
    return entry.usesLeft < 0 ? undefined : entry;
  }

  /**
   * Keeps the answer if its headers and its size allow it. Returns false if its ETag is that of an earlier
   * answer with other content; then it is always requested in full.
   */
  keep(url: string, credential: string, headers: ResponseHeaders, body: Buffer): boolean {
    const key = keyOf(url, credential);
    const before = this.#entries.get(key);
    this.#remove(key);
    const etag = headers.get('etag');
    if (etag === null || body.length > this.#maxBytes * LARGEST_SHARE) return true;
    const isSame = before?.etag === etag;
    const isReliable = !isSame || body.equals(before.body);
    const isUnreliable = !isReliable || (isSame && before.isUnreliable);
    const entry = { body, link: headers.get('link'), etag, isUnreliable };
    this.#entries.set(key, { ...entry, sinceMs: this.#monotonic(), usesLeft: MAX_USES });
    this.#bytes += body.length + ENTRY_BYTES;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
    return isReliable;
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
