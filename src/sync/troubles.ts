import type { Clock, Logger } from '../domain/contracts.ts';
import type { Problem } from './outcome.ts';

/*
 * What GitHub does not let us read, for as long as it is so. Without it a service that has lost its access looks like one with nothing
 * to do.
 */

interface Trouble {
  readonly problem: Problem;
  readonly sinceMs: number;
  /** A person had to do something, and nothing was read since. */
  readonly isSure: boolean;
}

/** What may pass by itself is told once it has lasted for so long. */
const PATIENCE_MS = 15 * 60_000;
/** Places that are named for one reason, and reasons that are told. */
const MOST_PLACES = 3;
const MOST_REASONS = 10;

/** The places that can't be read: repositories as `owner/name`, all of an owner's as `owner/*`, and `runners of PLACE`. */
export class Troubles {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #byPlace = new Map<string, Trouble>();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The place can't be read. That a person has to do something is logged once for each reason, not for each place. */
  note(place: string, problem: Problem): void {
    const { sinceMs = this.#clock(), isSure = false } = this.#byPlace.get(place) ?? {};
    const isNew = ![...this.#byPlace.values()].some(({ problem: { reason } }) => reason === problem.reason);
    this.#byPlace.set(place, { problem, sinceMs, isSure: isSure || problem.isHopeless });
    // A credential that is refused is told by the client.
    if (!isNew || !problem.isHopeless || problem.isRefused) return;
    const { reason, hint } = problem;
    this.#logger.warn('GitHub does not let us read a place', { place, reason, hint });
  }

  /** The place was read, or nobody asks for it any more. */
  clear(place: string): void {
    const trouble = this.#byPlace.get(place);
    if (trouble === undefined) return;
    this.#byPlace.delete(place);
    const { problem, sinceMs, isSure } = trouble;
    if (isSure && !problem.isRefused)
      this.#logger.info('A place can be read again, or is not asked for any more', {
        place,
        tookMs: this.#clock() - sinceMs,
      });
  }

  /** How many places can't be read. */
  get count(): number {
    return this.#told().length;
  }

  /** A sentence for each reason, with GitHub's own words and what to do; those of credentials are told by the client. */
  sentences(): string[] {
    const own = this.#told().filter(([, { problem }]) => !problem.isRefused);
    const byReason = Map.groupBy(own, ([, { problem }]) => problem.reason);
    const sentences = Array.from(byReason, ([reason, all]) => {
      const hint = all[0]?.[1].problem.hint ?? null;
      return `${nameAll(all.map(([place]) => place))} can't be read (${reason})${hint === null ? '' : `: ${hint}`}.`;
    });
    const more = sentences.length - MOST_REASONS;
    return more <= 0
      ? sentences
      : [...sentences.slice(0, MOST_REASONS), `${more} more reasons are in the log.`];
  }

  #told(): [place: string, Trouble][] {
    const nowMs = this.#clock();
    return [...this.#byPlace].filter(([, { isSure, sinceMs }]) => isSure || nowMs - sinceMs >= PATIENCE_MS);
  }
}

function nameAll(places: readonly string[]): string {
  const named = [...places].sort().slice(0, MOST_PLACES).join(', ');
  return places.length <= MOST_PLACES ? named : `${named} and ${places.length - MOST_PLACES} more`;
}
