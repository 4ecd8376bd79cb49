import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';

/** A number of requests that may be in progress at the same time. */
export class Places {
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  get isFull(): boolean {
    return this.#free <= 0;
  }

  /** Takes a place until the response has been read, or its client is gone, which it may be already. */
  take(response: ServerResponse): void {
    this.#free -= 1;
    finished(response, () => {
      this.#free += 1;
    });
  }
}
