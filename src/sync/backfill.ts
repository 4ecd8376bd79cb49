import { type Backfill, type BackfillRequest, type BackfillStatus, NO_BACKFILL } from '../domain/backfill.ts';
import { forgettableBeforeMs } from '../domain/forgetting.ts';
import { mayHaveEndedSince } from '../domain/github-history.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import { type Sleep, sleep } from '../timing/sleep.ts';
import { listRepository } from './listing.ts';
import { type Outcome, problemOf } from './outcome.ts';
import type { SyncOptions } from './sync-options.ts';
import { findTargets } from './targets.ts';

export interface BackfillOptions extends SyncOptions {
  readonly sleep?: Sleep;
}

/** A run that ended since then may have been created this much earlier. */
const LISTED_BEFORE_MS = 86_400_000;
/** One for the run and one for its jobs, up to a hundred of them; each earlier attempt costs one more. */
const REQUESTS_OF_RUN = 2;

/**
 * Reads the runs of repositories back to a given time: first only the lists, for an estimate, then what is
 * not known yet. It may use the same share of the rate limits as polling, and waits for the next window when
 * that is used up.
 */
export class BackfillRunner implements Backfill {
  readonly #options: BackfillOptions;
  #status = NO_BACKFILL;
  #stop = new AbortController();
  #under: Promise<void> | null = null;

  constructor(options: BackfillOptions) {
    this.#options = options;
  }

  start(request: BackfillRequest): boolean {
    if (this.#under !== null) return false;
    this.#stop = new AbortController();
    this.#status = { ...NO_BACKFILL, state: 'estimating' };
    this.#under = this.#work(this.#limited(request)).finally(() => {
      this.#under = null;
    });
    return true;
  }

  stop(): void {
    this.#stop.abort();
  }

  status(): BackfillStatus {
    return this.#status;
  }

  /** Stops, and resolves once nothing is running. The caller cuts short what waits for GitHub. */
  async close(): Promise<void> {
    this.stop();
    await this.#under;
  }

  #limited(request: BackfillRequest): BackfillRequest {
    const { retentionMs, clock } = this.#options;
    const oldestMs = forgettableBeforeMs(retentionMs, clock());
    if (request.sinceMs >= oldestMs) return request;
    this.#update({ problems: ['what is older than storage.retention: it could count a second time'] });
    return { ...request, sinceMs: oldestMs };
  }

  async #work(request: BackfillRequest): Promise<void> {
    await unlessUnavailable(
      () => this.#readAll(request),
      ({ message }) => {
        this.#update({ problems: [...this.#status.problems, message] });
        this.stop();
      },
    );
    this.#update({ state: this.#stop.signal.aborted ? 'stopped' : 'done' });
    this.#options.logger.info('Backfill finished', this.#status);
  }

  async #readAll(request: BackfillRequest): Promise<void> {
    const repositories = request.repositories.length > 0 ? request.repositories : await this.#known();
    this.#update({ repositories: repositories.length });
    await this.#each(repositories, 'estimating', (name) => this.#estimate(name, request.sinceMs));
    if (request.isDryRun) return;
    // Reading the runs counts these again, and finds more.
    this.#update({ tooOld: 0 });
    await this.#each(repositories, 'running', (name) => this.#read(name, request.sinceMs));
  }

  /** Some are missing where a list can't be read. */
  async #known(): Promise<readonly string[]> {
    const { repositories, problem } = await findTargets(this.#options);
    if (problem !== null) {
      const said = `a list of repositories could not be read: ${problem.reason}`;
      this.#update({ problems: [...this.#status.problems, said] });
    }
    return repositories;
  }

  /**
   * Works on one repository after another, and again once a limit has ended. What can't be read is noted and
   * skipped.
   */
  async #each(
    names: readonly string[],
    state: 'estimating' | 'running',
    work: (name: string) => Promise<Outcome>,
  ): Promise<void> {
    this.#update({ state, finished: 0 });
    for (const name of names) {
      for (;;) {
        const outcome = await work(name);
        if (this.#stop.signal.aborted) return;
        if (outcome.isComplete) break;
        if (outcome.retryAtMs === null) {
          const problem = `${name}: ${outcome.reason}`;
          const { problems } = this.#status;
          if (!problems.includes(problem)) this.#update({ problems: [...problems, problem] });
          break;
        }
        await this.#wait(outcome.retryAtMs, state);
      }
      this.#update({ finished: this.#status.finished + 1 });
    }
  }

  async #wait(untilMs: number, state: BackfillStatus['state']): Promise<void> {
    const { clock, steady, sleep: wait = sleep } = this.#options;
    const waitMs = Math.max(untilMs - steady(), 1000);
    this.#update({ state: 'waiting', waitsUntilMs: clock() + waitMs });
    await wait(waitMs, this.#stop.signal);
    this.#update({ state, waitsUntilMs: null });
  }

  async #estimate(repository: string, sinceMs: number): Promise<Outcome> {
    const { history, engine } = this.#options;
    let [runs, requests, tooOld] = [0, 0, 0];
    for await (const page of history.runs(repository, 'poll')) {
      if (page.kind !== 'ok') return problemOf(page);
      if (this.#stop.signal.aborted) break;
      const young = page.data.filter((run) => mayHaveEndedSince(run, sinceMs));
      const unseen = new Set(await engine.unseen(young.map(({ guid }) => guid)));
      const wanted = young.filter(({ isCompleted, guid }) => !isCompleted || unseen.has(guid));
      tooOld += page.data.length - young.length;
      runs += wanted.length;
      requests += 1 + wanted.reduce((sum, { runAttempt }) => sum + REQUESTS_OF_RUN + runAttempt - 1, 0);
      if (page.data.some(({ createdAtMs }) => createdAtMs < sinceMs - LISTED_BEFORE_MS)) break;
    }
    const before = this.#status;
    this.#update({
      runs: before.runs + runs,
      requests: before.requests + requests,
      tooOld: before.tooOld + tooOld,
    });
    return { isComplete: true };
  }

  async #read(repository: string, sinceMs: number): Promise<Outcome> {
    const { history, engine, logger, meter } = this.#options;
    const before = this.#status;
    const pass = await listRepository({
      history,
      engine,
      logger,
      meter,
      repository,
      sinceMs,
      priority: 'poll',
      signal: this.#stop.signal,
      createdSinceMs: sinceMs - LISTED_BEFORE_MS,
      onProgress: ({ read, recovered, tooOld }) =>
        this.#update({
          read: before.read + read,
          recovered: before.recovered + recovered,
          tooOld: before.tooOld + tooOld,
        }),
    });
    // It starts over after a wait.
    if (!pass.isComplete) this.#update({ tooOld: before.tooOld });
    return pass;
  }

  #update(change: Partial<BackfillStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}
