import { AntError } from '../domain/errors.ts';
import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';
import type { AnswerOf, Queries, QueryName, QueryOf } from './all-queries.ts';

/** More are refused at once. */
const MOST_WAITING = 32;
/** What has waited for longer is not begun. */
const LONGEST_WAIT_MS = 2000;

/** Asks one question after the other, so that any number of clients never costs more than one thread. */
export class QueryQueue implements Queries {
  readonly #answer: (name: string, query: unknown) => Promise<unknown>;
  readonly #monotonic: Monotonic;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `answer` is called for one question at a time. */
  constructor(
    answer: (name: string, query: unknown) => Promise<unknown>,
    monotonic: Monotonic = monotonicMs,
  ) {
    this.#answer = answer;
    this.#monotonic = monotonic;
  }

  async ask<Name extends QueryName>(name: Name, query: QueryOf<Name>): Promise<AnswerOf<Name>> {
    if (this.#waiting >= MOST_WAITING) throw tooSlow(`${this.#waiting} other questions wait`);
    this.#waiting += 1;
    const sinceMs = this.#monotonic();
    const answered = this.#last.then(() => {
      this.#waiting -= 1;
      const waitedMs = this.#monotonic() - sinceMs;
      if (waitedMs > LONGEST_WAIT_MS) throw tooSlow('other questions took too long');
      return this.#answer(name, query);
    });
    this.#last = answered.catch(() => undefined);
    return answered as Promise<AnswerOf<Name>>;
  }
}

function tooSlow(why: string): AntError {
  return new AntError('query_too_slow', `The database was asked too much: ${why}. Retry later.`);
}
