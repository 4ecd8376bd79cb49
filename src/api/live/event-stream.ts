import type { ServerResponse } from 'node:http';
import type { LiveClient } from './live-feeds.ts';

/** Why the service ended a stream, or did not begin it. */
export type CutReason = 'full' | 'slow' | 'login';

export interface EventStreamOptions {
  /** Whether its reader still may read. */
  readonly mayRead: () => boolean;
  readonly onCut: (reason: CutReason) => void;
}

/** What waits for a client that reads too slowly; a fresh start costs it less than all of that. */
const MOST_WAITING_BYTES = 256 * 1024;
/**
 * Neither a cache nor a proxy may keep or change any of it: nginx would gather 4 KiB before it passes
 * anything on.
 */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

/** A response that goes on until its client leaves, may no longer read, or does not keep up. */
export class EventStream implements LiveClient {
  readonly #response: ServerResponse;
  readonly #options: EventStreamOptions;

  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.#response = response;
    this.#options = options;
  }

  send(text: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (response.writableLength <= MOST_WAITING_BYTES) response.write(text);
    else {
      this.#options.onCut('slow');
      response.destroy();
    }
  }

  check(): void {
    if (this.#response.writableEnded || this.#options.mayRead()) return;
    this.#options.onCut('login');
    this.end();
  }

  /** The connection is closed too, so that the browser logs in again. */
  end(): void {
    this.#response.end(() => this.#response.socket?.end());
  }
}
