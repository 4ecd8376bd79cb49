import type { ServerResponse } from 'node:http';
import type { Gzip } from 'node:zlib';
import { nodeZlib } from '../../http/gzip.ts';
import type { LiveClient } from './live-feeds.ts';

/** Why the service ended a stream, or did not begin it. */
export type CutReason = 'full' | 'filters' | 'slow' | 'login';

export interface EventStreamOptions {
  /** Whether its client takes gzip: events are a sixth of the size then. */
  readonly isCompressed: boolean;
  /** Whether its reader still may read. */
  readonly mayRead: () => boolean;
  readonly onCut: (reason: CutReason) => void;
}

/** What waits for a client that reads too slowly; a fresh start costs it less than all of that. */
const MOST_WAITING_BYTES = 256 * 1024;
/** Each event is sent whole. What is alike is near, and a small window keeps a stream below 50 KiB of memory. */
const GZIP = { level: 4, windowBits: 13, memLevel: 5 };

/**
 * Neither a cache nor a proxy may keep or change any of it: nginx would gather 4 KiB before it passes
 * anything on.
 */
export function streamHeaders(isCompressed: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Vary: 'Accept-Encoding',
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
  };
}

/** A response that goes on until its client leaves, may no longer read, or does not keep up. */
export class EventStream implements LiveClient {
  readonly #response: ServerResponse;
  readonly #gzip: Gzip | null;
  readonly #options: EventStreamOptions;

  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.#response = response;
    this.#options = options;
    this.#gzip = options.isCompressed ? openGzip() : null;
    this.#gzip?.pipe(response);
    response.once('close', () => this.#gzip?.destroy());
  }

  send(text: string): void {
    const response = this.#response;
    const into = this.#gzip ?? response;
    if (response.destroyed || into.writableEnded) return;
    const compressing = this.#gzip === null ? 0 : this.#gzip.writableLength + this.#gzip.readableLength;
    if (compressing + response.writableLength <= MOST_WAITING_BYTES) into.write(text);
    else {
      this.#options.onCut('slow');
      response.destroy();
    }
  }

  check(): void {
    if ((this.#gzip ?? this.#response).writableEnded || this.#options.mayRead()) return;
    this.#options.onCut('login');
    this.end();
  }

  /** The connection is closed too, so that the browser logs in again. */
  end(): void {
    const { socket } = this.#response;
    this.#response.once('finish', () => socket?.end());
    (this.#gzip ?? this.#response).end();
  }
}

function openGzip(): Gzip {
  const { constants, createGzip } = nodeZlib();
  return createGzip({ ...GZIP, flush: constants.Z_SYNC_FLUSH });
}
