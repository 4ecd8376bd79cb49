import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { GitHubInquiry, InquiryResult } from '../domain/github-inquiry.ts';
import { type Unfinished, unusualBeforeMs } from '../domain/unfinished.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import { BackoffByKey } from './backoff.ts';
import { skipOnBug } from './outcome.ts';

/*
 * Reconciliation: when work has been in one state for longer than usual, its end may have been lost. GitHub
 * is asked about each such job and run; the answer is processed like any delivery.
 */

export interface ReconcileOptions {
  readonly inquiry: GitHubInquiry;
  readonly engine: Pick<Engine, 'lingering' | 'accept'>;
  /**
   * How long work may be queued before it is asked about; in progress four times as long, behind a gate 48
   * times.
   */
  readonly afterMs: number;
  readonly clock: Clock;
  /** As `ServiceTime.steady`: for waits. */
  readonly steady: Clock;
  /** As `ServiceClock.confirm`. */
  readonly confirmTime?: () => Promise<boolean>;
  readonly logger: Logger;
}

export interface Reconciliation {
  /** Waits for the request in progress, which `GitHub.close` cuts short. */
  close(): Promise<void>;
}

/** Work looked at in a pass; the next pass continues after it. */
const MAX_PER_PASS = 1000;
/** In a pass, plus the few that the last question may need. */
const MAX_REQUESTS = 60;
const LONGEST_INTERVAL_MS = 60_000;
const PASSES_PER_WAIT = 10;

/** Looks for such work once a minute, and sooner when `afterMs` is short. A bug ends the process. */
export function startReconciliation(options: ReconcileOptions): Reconciliation {
  const reconciler = new Reconciler(options);
  const everyMs = Math.min(LONGEST_INTERVAL_MS, options.afterMs / PASSES_PER_WAIT);
  const passes = repeatEvery(everyMs, () => reconciler.pass());
  return {
    async close() {
      reconciler.stop();
      await passes.close();
    },
  };
}

export class Reconciler {
  readonly #options: ReconcileOptions;
  readonly #backoff: BackoffByKey;
  readonly #hidden: SparingLog;
  /** Keys of what was looked at since the round began. */
  #round: string[] = [];
  #skip = 0;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(options: ReconcileOptions) {
    this.#options = options;
    const write = (fields: object) =>
      options.logger.info('Repository with unfinished work not visible on GitHub', fields);
    this.#hidden = new SparingLog(write, null);
    this.#backoff = new BackoffByKey(options.afterMs);
  }

  /** From now on no more requests are made. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Asks about what is due, the longest silent first. Stops early when GitHub can't answer. More may linger
   * than one pass looks at: passes go round, so that work without an answer does not hide the rest.
   */
  async pass(): Promise<void> {
    const { steady, confirmTime, logger } = this.#options;
    if (steady() < this.#restsUntilMs || (await confirmTime?.()) === false) return;
    await unlessUnavailable(
      () => this.#askAboutDue(),
      (err) => logger.warn('reconciliation_paused_store', { err }),
    );
  }

  async #askAboutDue(): Promise<void> {
    const seen = await this.#look();
    const nowMs = this.#options.steady();
    const due = seen.filter((known) => this.#backoff.isDue(keyOf(known), nowMs));
    const { asked, changed } = await this.#ask(due);
    const next = due[asked];
    this.#goOn(seen, next === undefined ? seen.length : seen.indexOf(next), changed);
  }

  #look(): Promise<Unfinished[]> {
    const { engine, afterMs, clock } = this.#options;
    return engine.lingering({
      beforeMs: unusualBeforeMs(afterMs, clock()),
      skip: this.#skip,
      limit: MAX_PER_PASS,
    });
  }

  /**
   * The next pass continues after the first `done`, or starts over after the last one. Work that GitHub
   * reported as ended is no longer in the list.
   */
  #goOn(seen: readonly Unfinished[], done: number, changed: number): void {
    this.#round.push(...seen.slice(0, done).map(keyOf));
    this.#skip += done - changed;
    if (done < seen.length || seen.length === MAX_PER_PASS) return;
    this.#backoff.keepOnly(this.#round);
    this.#round = [];
    this.#skip = 0;
  }

  /** Returns how many were asked about, and for how many of those GitHub reported a change. */
  async #ask(due: readonly Unfinished[]): Promise<{ readonly asked: number; readonly changed: number }> {
    const { inquiry, engine, steady, logger } = this.#options;
    const before = inquiry.requests;
    const hidden = new Set<string>();
    let [asked, changed] = [0, 0];
    for (const known of due) {
      if (this.#isStopped || inquiry.requests - before >= MAX_REQUESTS) break;
      // If one job of a repository is hidden, so are the others.
      const finding: InquiryResult = hidden.has(known.repository)
        ? { kind: 'hidden' }
        : await skipOnBug(() => inquiry.about(known), {
            fallback: { kind: 'same', deliveries: [] },
            logger,
            about: { run: known.runId, job: known.jobId },
          });
      if (this.#isStopped) break;
      if (finding.kind === 'changed' || finding.kind === 'same') await engine.accept(finding.deliveries);
      if (finding.kind === 'changed') changed += 1;
      this.#backoff.asked(keyOf(known), steady());
      asked += 1;
      if (finding.kind === 'hidden') this.#logHidden(known, hidden);
      if (finding.kind === 'failed') {
        this.#rest(finding);
        break;
      }
    }
    const requests = inquiry.requests - before;
    if (changed > 0) logger.info('Reconciliation found missing events', { changed, requests });
    return { asked, changed };
  }

  #rest({ reason, retryAtMs }: Extract<InquiryResult, { kind: 'failed' }>): void {
    this.#restsUntilMs = retryAtMs ?? Number.NEGATIVE_INFINITY;
    const retryInMs = retryAtMs === null ? null : Math.round(retryAtMs - this.#options.steady());
    this.#options.logger.warn('reconciliation_paused_github', { reason, retryInMs });
  }

  /** The client logs missing permissions. */
  #logHidden({ repository }: Unfinished, hidden: Set<string>): void {
    hidden.add(repository);
    const without = 'its work stays in the gauges until a webhook reports its end or it is too old';
    this.#hidden.log({ repository, without }, { key: repository });
  }
}

function keyOf({ jobId, runId, runAttempt, status }: Unfinished): string {
  return jobId === null ? `${runId}/${runAttempt} ${status}` : `${jobId} ${status}`;
}
