import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { AnnotationsResult, GitHubAnnotations } from '../domain/github-inquiry.ts';
import type { AskedOutcome } from '../domain/observation.ts';
import { type Unexplained, unaskedDelivery } from '../domain/reason-delivery.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { repeat } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import { BackoffByKey } from './backoff.ts';
import { skipOnBug } from './outcome.ts';

/*
 * Why jobs failed: GitHub is asked for the annotations of each, the last that failed first, a minute after its end.
 * Which jobs have yet to be asked about is stored with them, so a restart, or another replica, goes on where the one
 * before was. What becomes too old or too much is given up, and counted.
 */

export interface FailureReasonsOptions {
  readonly annotations: GitHubAnnotations;
  readonly engine: Pick<Engine, 'unexplained' | 'accept'>;
  readonly clock: Clock;
  /** As `ServiceTime.steady`: for waits. */
  readonly steady: Clock;
  /** As `ServiceClock.confirm`. */
  readonly confirmTime?: () => Promise<boolean>;
  readonly logger: Logger;
}

export interface FailureReasonsWatch {
  /** Waits for the request in progress, which `GitHub.close` cuts short. */
  close(): Promise<void>;
}

const EVERY_MS = 60_000;
/** What the one before left. */
const FIRST_AFTER_MS = 1000;
const MAX_REQUESTS = 60;
/** Looked at in one go. */
const PAGE = 500;
/** Annotations may be written a little later than the end. */
const SETTLED_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const TOO_OLD_MS = 7 * DAY_MS;
const MAX_WAITING = 10_000;
const FIRST_RETRY_MS = 5 * 60_000;
const HIDDEN_RETRY_MS = 3_600_000;

/** Looks once a minute, and soon after the start. A bug ends the process. */
export function startFailureReasons(options: FailureReasonsOptions): FailureReasonsWatch {
  const watch = new FailureReasons(options);
  const passes = repeat(
    async () => {
      await watch.pass();
      return EVERY_MS;
    },
    { firstAfterMs: FIRST_AFTER_MS },
  );
  return {
    async close() {
      watch.stop();
      await passes.close();
    },
  };
}

export class FailureReasons {
  readonly #options: FailureReasonsOptions;
  /** Jobs that were asked about and wait for their answer to be processed, or to be asked again. */
  readonly #asked = new BackoffByKey(FIRST_RETRY_MS);
  /** Repositories whose annotations we may not see. */
  readonly #hidden = new BackoffByKey(HIDDEN_RETRY_MS);
  readonly #hiddenLog: SparingLog;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(options: FailureReasonsOptions) {
    this.#options = options;
    const write = (fields: object) =>
      options.logger.info('Repository whose annotations are not visible on GitHub', fields);
    this.#hiddenLog = new SparingLog(write, null);
  }

  /** From now on no more requests are made. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Gives up what is too old or too much, and asks about the others, up to a limit of requests. */
  async pass(): Promise<void> {
    const { confirmTime, logger } = this.#options;
    if ((await confirmTime?.()) === false) return;
    await unlessUnavailable(
      async () => {
        await this.#giveUp();
        if (this.#options.steady() >= this.#restsUntilMs) await this.#askAll();
      },
      (err) => logger.warn('failure_reasons_paused_store', { err }),
    );
  }

  async #giveUp(): Promise<void> {
    const { engine, clock } = this.#options;
    const beforeMs = clock() - TOO_OLD_MS;
    await this.#close(await engine.unexplained({ beforeMs, skip: 0, limit: PAGE }), 'too_old');
    const tooMany = { beforeMs: null, skip: MAX_WAITING, limit: PAGE };
    await this.#close(await engine.unexplained(tooMany), 'too_many');
  }

  async #close(jobs: readonly Unexplained[], outcome: Exclude<AskedOutcome, 'read'>): Promise<void> {
    const { engine, clock } = this.#options;
    if (jobs.length > 0) await engine.accept(jobs.map((job) => unaskedDelivery(job, outcome, clock())));
  }

  async #askAll(): Promise<void> {
    const { engine, clock } = this.#options;
    const seen: Unexplained[] = [];
    let left = MAX_REQUESTS;
    while (left > 0 && !this.#isStopped) {
      const beforeMs = clock() - SETTLED_MS;
      const page = await engine.unexplained({ beforeMs, skip: seen.length, limit: PAGE });
      seen.push(...page);
      for (const job of page) {
        if (left === 0 || !this.#isDue(job)) continue;
        left -= 1;
        if (!(await this.#ask(job))) return;
      }
      if (page.length < PAGE) return this.#forgetOthers(seen);
    }
  }

  #isDue({ jobId, repository }: Unexplained): boolean {
    const nowMs = this.#options.steady();
    return this.#asked.isDue(String(jobId), nowMs) && this.#hidden.isDue(repository, nowMs);
  }

  /** Whether to go on. */
  async #ask(job: Unexplained): Promise<boolean> {
    const { annotations, engine, steady, logger } = this.#options;
    const result: AnnotationsResult = await skipOnBug(() => annotations.about(job), {
      fallback: { kind: 'answered', delivery: unaskedDelivery(job, 'not_visible', this.#options.clock()) },
      logger,
      about: { run: job.runId, job: job.jobId },
    });
    if (this.#isStopped) return false;
    if (result.kind === 'hidden') this.#noteHidden(job);
    else this.#asked.asked(String(job.jobId), steady());
    if (result.kind === 'answered') await engine.accept([result.delivery]);
    if (result.kind !== 'failed') return true;
    this.#restsUntilMs = result.retryAtMs ?? Number.NEGATIVE_INFINITY;
    logger.warn('failure_reasons_paused_github', { reason: result.reason });
    return false;
  }

  /** The client logs missing permissions. */
  #noteHidden({ repository }: Unexplained): void {
    this.#hidden.asked(repository, this.#options.steady());
    const without = 'its failures are counted by cause alone';
    this.#hiddenLog.log({ repository, without }, { key: repository });
  }

  #forgetOthers(seen: readonly Unexplained[]): void {
    this.#asked.keepOnly(seen.map(({ jobId }) => String(jobId)));
    this.#hidden.keepOnly(seen.map(({ repository }) => repository));
  }
}
