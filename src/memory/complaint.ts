import type { Clock, Logger } from '../domain/contracts.ts';

const EVERY_MS = 60_000;

/** An error that would otherwise be logged all the time: once a minute, with how many objects it was about since. */
export class Complaint {
  readonly #message: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #objects = 0;
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(message: string, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#message = message;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Also with 0 objects: it may be time to tell of those before. */
  add(objects: number, fields: object): void {
    this.#objects += objects;
    if (this.#objects === 0 || this.#clock() - this.#saidAtMs < EVERY_MS) return;
    this.#logger.error(this.#message, { objects: this.#objects, ...fields });
    this.#objects = 0;
    this.#saidAtMs = this.#clock();
  }
}
