import type { Clock, Logger } from '../domain/contracts.ts';

const EVERY_MS = 60_000;

/** An error that would otherwise be logged all the time: once a minute, with how many objects it was about since. */
export class Complaint {
  readonly #message: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #objects = 0;
  #fields: object = {};
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(message: string, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#message = message;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Also with 0 objects: it may be time to tell of those before, with the fields that they came with. */
  add(objects: number, fields: object = this.#fields): void {
    this.#objects += objects;
    this.#fields = fields;
    if (this.#clock() - this.#saidAtMs >= EVERY_MS) this.tellRest();
  }

  /** Tells of those that are not told of yet, at once. */
  tellRest(): void {
    if (this.#objects === 0) return;
    this.#logger.error(this.#message, { objects: this.#objects, ...this.#fields });
    this.#objects = 0;
    this.#saidAtMs = this.#clock();
  }
}
