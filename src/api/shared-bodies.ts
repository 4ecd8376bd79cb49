import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { sleep } from '../timing/sleep.ts';

/** So long the first one waits for others that ask at the same moment. */
const GATHER_MS = 5;
/** A body of this size is alone in its buffer. */
const LARGE_BYTES = 256 * 1024;

interface SharedBody {
  readonly body: Promise<Uint8Array>;
  /** Whoever makes it, and each response with it that is not over. */
  users: number;
}

/**
 * Bodies that are dear to make, and the same for all that ask at the same time. One of each kind is made at a time; all
 * that ask meanwhile share the next one, so none gets what is older than its question. Each is in memory until all its
 * responses have been read: there are at most so many at once.
 */
export class SharedBodies {
  #free: number;
  /** Those that have not begun, by kind. */
  readonly #next = new Map<string, SharedBody>();
  /** The end of the last one of each kind. */
  readonly #ends = new Map<string, Promise<void>>();

  constructor(count: number) {
    this.#free = count;
  }

  /** The body for this response; null: too many are in memory. Kinds come from a set that does not grow. */
  get(kind: string, make: () => Promise<Uint8Array>, response: ServerResponse): Promise<Uint8Array> | null {
    const shared = this.#next.get(kind) ?? this.#announce(kind, make);
    if (shared === null) return null;
    shared.users += 1;
    finished(response, () => this.#leave(shared));
    return shared.body;
  }

  #announce(kind: string, make: () => Promise<Uint8Array>): SharedBody | null {
    if (this.#free === 0) return null;
    this.#free -= 1;
    const body = (this.#ends.get(kind) ?? Promise.resolve()).then(async () => {
      await sleep(GATHER_MS);
      this.#next.delete(kind);
      return make();
    });
    const shared = { body, users: 1 };
    const end = () => this.#leave(shared);
    this.#next.set(kind, shared);
    this.#ends.set(kind, body.then(end, end));
    return shared;
  }

  #leave(shared: SharedBody): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#free += 1;
    shared.body.then(release, () => undefined);
  }
}

/** Gives the memory back at once. So many bytes would soon make the garbage collector look through all of the heap. */
function release({ buffer, length }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && length >= LARGE_BYTES) buffer.transfer(0);
}
