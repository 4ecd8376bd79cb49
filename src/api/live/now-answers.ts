import type { Clock, Engine } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import type { GaugeReading } from '../../domain/metric.ts';
import type { Freshness, Now } from '../../domain/openapi-types.ts';
import type { Queries } from '../../queries/all-queries.ts';
import type { NowQuery } from '../../queries/now.ts';
import { monotonicMs } from '../../timing/monotonic.ts';
import { within } from '../health-routes.ts';
import type { Readiness } from '../health-summary.ts';
import { freshnessOf, knownUntilMs } from './freshness.ts';

export interface NowOptions {
  readonly queries: Queries;
  readonly engine: Pick<Engine, 'progress'>;
  readonly clock: Clock;
  readonly webUrl: () => string;
  readonly ready: () => Promise<Readiness>;
  readonly lastAcceptedAtMs?: () => number | null;
  /** What the parts that ask GitHub say of themselves. */
  readonly githubReadings?: () => readonly GaugeReading[];
}

/** Which jobs, and how many. */
export type NowAsked = Pick<NowQuery, 'filters' | 'isStale' | 'status' | 'limit' | 'after'>;

/** To find out costs a write to the disk. */
const READY_FOR_MS = 5000;

/** Answers what waits and runs, and how far that can be trusted. */
export class NowAnswers {
  readonly #options: NowOptions;
  #isReady: Promise<boolean> = Promise.resolve(false);
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: NowOptions) {
    this.#options = options;
  }

  /** Grows with each transaction that may change an answer. */
  async changes(): Promise<number> {
    return (await this.#options.engine.progress()).changes;
  }

  async ask(asked: NowAsked): Promise<Now> {
    const { queries, webUrl } = this.#options;
    return queries.ask('now', { ...asked, webUrl: webUrl(), freshness: await this.freshness() });
  }

  async freshness(): Promise<Freshness> {
    const { engine, clock, lastAcceptedAtMs, githubReadings } = this.#options;
    const progressing = engine.progress().catch(nullIfExpected);
    const [progress, isAccepting] = await Promise.all([within(progressing, null), this.#isAccepting()]);
    return freshnessOf({
      nowMs: clock(),
      progress,
      isAccepting,
      lastAcceptedAtMs: lastAcceptedAtMs?.() ?? null,
      knownUntilMs: knownUntilMs(githubReadings?.() ?? []),
    });
  }

  #isAccepting(): Promise<boolean> {
    const nowMs = monotonicMs();
    if (nowMs - this.#askedAtMs < READY_FOR_MS) return this.#isReady;
    this.#askedAtMs = nowMs;
    this.#isReady = this.#options.ready().then(
      ({ ok }) => ok,
      () => false,
    );
    return this.#isReady;
  }
}

/** What fails as expected is what freshness is about. */
function nullIfExpected(error: unknown): null {
  if (error instanceof AntError) return null;
  throw error;
}
