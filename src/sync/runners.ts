import { DOMAIN } from '../domain/catalogue.ts';
import type { Clock, Logger } from '../domain/contracts.ts';
import type { Answer } from '../domain/github-api.ts';
import type { GitHubRunners, RunnerCount } from '../domain/github-runners.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import { problemOf } from './outcome.ts';
import type { Troubles } from './troubles.ts';

/*
 * Self-hosted runners, looked at once a minute. No webhook tells of them.
 */

export interface RunnerWatchOptions {
  readonly runners: GitHubRunners;
  /** Organizations, and repositories as `owner/name`, that may have runners. */
  readonly places: () => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where it is noted what can't be read. */
  readonly troubles: Pick<Troubles, 'note' | 'clear'>;
}

const EVERY_MS = 60_000;
/** A place without runners that we may read is not asked again for so long. */
const REST_MS = 3_600_000;
/** Where runners were seen before, access may come back: it is tried again after so long. */
const TRY_AGAIN_MS = 5 * 60_000;
/** What was seen before that is not true any more. */
const FORGET_MS = 5 * 60_000;

interface Seen {
  readonly atMs: number;
  readonly counts: readonly RunnerCount[];
}

/** Looks at once, and then once a minute. */
export function startRunnerWatch(options: RunnerWatchOptions): RunnerWatch & { close(): Promise<void> } {
  const watch = new RunnerWatch(options);
  const looks = repeatEvery(EVERY_MS, () => watch.look(), { firstAfterMs: 0 });
  return Object.assign(watch, {
    async close() {
      watch.stop();
      await looks.close();
    },
  });
}

export class RunnerWatch {
  readonly #options: RunnerWatchOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #restsUntilMs = new Map<string, number>();
  readonly #failed = new Set<string>();
  /** Places whose runners we could read once. */
  readonly #readable = new Set<string>();
  #isStopped = false;

  constructor(options: RunnerWatchOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Looks at each place that may have runners. */
  async look(): Promise<void> {
    for (const place of await this.#places()) {
      if (this.#isStopped) return;
      if (this.#options.clock() < (this.#restsUntilMs.get(place) ?? 0)) continue;
      const answer = await this.#options.runners.countsOf(place);
      if (!this.#isStopped) this.#take(place, answer);
    }
  }

  #places(): Promise<readonly string[]> {
    const { places, logger } = this.#options;
    return unlessUnavailable(places, (err) => {
      logger.warn('Counting runners waits for the store', { err });
      return [];
    });
  }

  /** How many there are now. Nothing of places that could not be looked at for a while: a number would be a guess. */
  readings(): GaugeReading[] {
    const sinceMs = this.#options.clock() - FORGET_MS;
    return [...this.#seen]
      .filter(([, { atMs }]) => atMs >= sinceMs)
      .flatMap(([owner, { counts }]) =>
        counts.map(({ group, status, isBusy, count }) =>
          readingOf(DOMAIN.runners, [owner, group, status, String(isBusy)], count),
        ),
      );
  }

  /** What we never could read is told by the client; that it was withdrawn is trouble. */
  #take(place: string, answer: Answer<readonly RunnerCount[]>): void {
    const nowMs = this.#options.clock();
    if (answer.kind === 'failed') {
      this.#restsUntilMs.set(place, answer.retryAtMs ?? 0);
      if (!this.#failed.has(place))
        this.#options.logger.warn('Runners could not be counted', { place, reason: answer.reason });
      this.#failed.add(place);
      return;
    }
    this.#failed.delete(place);
    if (answer.kind === 'ok') {
      this.#seen.set(place, { atMs: nowMs, counts: answer.data });
      this.#readable.add(place);
      this.#options.troubles.clear(`runners of ${place}`);
      return;
    }
    const isWithdrawn = answer.kind === 'forbidden' && this.#readable.has(place);
    if (isWithdrawn) this.#options.troubles.note(`runners of ${place}`, problemOf(answer));
    this.#seen.delete(place);
    this.#restsUntilMs.set(place, nowMs + (isWithdrawn ? TRY_AGAIN_MS : REST_MS));
  }
}
