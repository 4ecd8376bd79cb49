import { CONFIRMED_EVENT } from '../domain/asked.ts';
import type { Engine, Logger, Meter } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ApiResult, Priority } from '../domain/github-api.ts';
import {
  type GitHubHistory,
  type ListedRun,
  mayHaveEndedSince,
  type PastDelivery,
  type ReadRun,
} from '../domain/github-history.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type Outcome, problemOf, STOPPED, type SyncProblem, skipOnBug } from './outcome.ts';

/** The progress of a listing. */
export interface ListingProgress {
  /** Runs seen in the list. */
  readonly listed: number;
  /** Runs whose jobs were requested. */
  readonly read: number;
  /** New deliveries made of them. */
  readonly recovered: number;
  /** Runs left out, whole or in part, because they ended before the limit. */
  readonly tooOld: number;
  /** When the oldest run taken was created; the list goes back in time. */
  readonly reachedMs: number;
}

export interface ListingOptions {
  readonly history: Pick<GitHubHistory, 'runs' | 'run' | 'readRun'>;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'explainRun'>;
  /** `owner/name`. */
  readonly repository: string;
  /**
   * What ended before is left out: an attempt with its jobs, and what a later attempt carries over from it.
   */
  readonly sinceMs: number;
  /** The list is read down to the page with a run created before this; default: `sinceMs`. */
  readonly createdSinceMs?: number;
  /** Runs that had ended before this are known; null: only those that were read from the API before. */
  readonly knownUntilMs?: number | null;
  /** Runs that had not ended the last time: they are read again, however old they are. */
  readonly unsettled?: readonly ListedRun[];
  /** The last pass's `leftOut`, not to be read again. */
  readonly leftOut?: ReadonlySet<string>;
  readonly priority: Priority;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Called after every few runs; the listing goes on when it resolves. */
  readonly onProgress?: (progress: ListingProgress) => void | Promise<void>;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

export type ListingPass = Outcome & PassResult;

type PassResult = ListingProgress & {
  readonly unsettled: readonly ListedRun[];
  /** By `ListedRun.guid`: runs that had to be read to learn that a part of them is too old. */
  readonly leftOut: ReadonlySet<string>;
};

/** More runs than are under way in any repository. */
export const MAX_UNSETTLED = 10_000;
/** Runs that are read and stored together. */
const BATCH_SIZE = 20;

/**
 * Reads the runs of a repository, the newest first, with all their attempts and jobs, and accepts what is
 * new. The list is not filtered: filters use an index that lags and ends after 1,000 results
 * (https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository). A run that was
 * read after all of it had ended costs nothing more, nor does one that ended too long ago, as most of the
 * first page did in a quiet repository. Counts what a complete pass left out as too old.
 */
export async function listRepository(options: ListingOptions): Promise<ListingPass> {
  const { history, repository, sinceMs, createdSinceMs = sinceMs, priority } = options;
  const pass = new Pass(options);
  for await (const page of history.runs(repository, priority)) {
    if (page.kind !== 'ok') return { ...problemOf(page), ...pass.result() };
    const outcome = await pass.take(page.data);
    if (!outcome.isComplete) return { ...outcome, ...pass.result() };
    if (page.data.some(({ createdAtMs }) => createdAtMs < createdSinceMs)) break;
  }
  const outcome = await lookAgain(options, pass);
  const whole = outcome.isComplete ? pass.outcome() : outcome;
  if (whole.isComplete) countTooOld(options, pass.result());
  return { ...whole, ...pass.result() };
}

/** Each run once: every poll sees the same first page. */
function countTooOld({ leftOut: before, meter }: ListingOptions, { tooOld, leftOut }: PassResult): void {
  const count = before === undefined ? tooOld : leftOut.difference(before).size;
  if (count > 0) meter.add([countOf(SELF.ignoredObservations, ['too_old'], count)]);
}

class Pass {
  /** Of the runs that had not ended the last time, those not seen so far. */
  readonly unmet: Set<number>;
  readonly #options: ListingOptions;
  readonly #leftOut = new Set<string>();
  readonly #unsettled: ListedRun[] = [];
  /** What can't be true of a run: it must not keep us from the others, and is read again in the next pass. */
  #doubt: SyncProblem | null = null;
  readonly #progress = { listed: 0, read: 0, recovered: 0, tooOld: 0, reachedMs: Number.POSITIVE_INFINITY };

  constructor(options: ListingOptions) {
    this.#options = options;
    this.unmet = new Set(options.unsettled?.map(({ runId }) => runId));
  }

  async take(runs: readonly ListedRun[]): Promise<Outcome> {
    this.#progress.listed += runs.length;
    for (const { runId } of runs) this.unmet.delete(runId);
    const wanted = await this.#wantedOf(runs);
    for (let start = 0; start < wanted.length; start += BATCH_SIZE) {
      if (this.#options.signal?.aborted) return STOPPED;
      const batch = wanted.slice(start, start + BATCH_SIZE);
      const outcome = await this.#readBatch(batch);
      if (!outcome.isComplete) return outcome;
      await this.#reach(batch);
    }
    await this.#reach(runs);
    return { isComplete: true };
  }

  async #reach(runs: readonly ListedRun[]): Promise<void> {
    const progress = this.#progress;
    progress.reachedMs = Math.min(progress.reachedMs, ...runs.map(({ createdAtMs }) => createdAtMs));
    await this.#options.onProgress?.(this.result());
  }

  /** Once all runs are taken: whether something is still missing. */
  outcome(): Outcome {
    return this.#doubt ?? { isComplete: true };
  }

  result(): PassResult {
    return { ...this.#progress, unsettled: this.#unsettled, leftOut: this.#leftOut };
  }

  /** The runs that have to be read. */
  async #wantedOf(runs: readonly ListedRun[]): Promise<readonly ListedRun[]> {
    const { engine, sinceMs, knownUntilMs = null, leftOut: before = new Set() } = this.#options;
    const open = runs.filter((run) => !isKnown(run, knownUntilMs));
    const young = open.filter((run) => mayHaveEndedSince(run, sinceMs));
    this.#progress.tooOld += open.length - young.length;
    const unseen = new Set(await engine.unseen(young.map(({ guid }) => guid)));
    return young.filter(({ isCompleted, guid }) => {
      if (isCompleted && before.has(guid)) this.#leftOut.add(guid);
      return !isCompleted || (unseen.has(guid) && !before.has(guid));
    });
  }

  async #readBatch(runs: readonly ListedRun[]): Promise<Outcome> {
    const results = await Promise.all(runs.map(async (run) => ({ run, result: await this.#readRun(run) })));
    const deliveries = results.map(({ run, result }) =>
      result.kind === 'ok' ? this.#deliveriesOf(run, result.data) : [],
    );
    await this.#accept((await Promise.all(deliveries)).flat());
    const problems = results
      .filter(({ result: { kind } }) => kind === 'failed' || kind === 'forbidden')
      .map(({ result }) => problemOf(result));
    this.#doubt ??= problems.find(({ isImplausible }) => isImplausible) ?? null;
    return problems.find(({ isImplausible }) => !isImplausible) ?? { isComplete: true };
  }

  #readRun(run: ListedRun): Promise<ApiResult<ReadRun>> {
    const { history, repository, priority, logger } = this.#options;
    return skipOnBug(() => history.readRun(repository, run, priority), {
      fallback: { kind: 'missing' },
      logger,
      about: { repository, run: run.runId },
    });
  }

  /** The deliveries that count. Those of an attempt known as unfinished always do, whenever it ended. */
  async #deliveriesOf(run: ListedRun, { deliveries, mark, isSettled }: ReadRun): Promise<Delivery[]> {
    const { engine, sinceMs } = this.#options;
    this.#progress.read += 1;
    if (!isSettled && this.#unsettled.length < MAX_UNSETTLED) this.#unsettled.push(run);
    const isYoung = ({ endedAtMs }: PastDelivery) => endedAtMs === null || endedAtMs >= sinceMs;
    const unfinished = deliveries.every(isYoung) ? null : await unfinishedAttempts(run.runId, engine);
    const young = deliveries.filter((each) => isYoung(each) || unfinished?.has(each.runAttempt));
    const isWhole = young.length === deliveries.length;
    if (!isWhole) {
      this.#leftOut.add(run.guid);
      this.#progress.tooOld += 1;
    }
    return [...young.map(({ delivery }) => delivery), ...(isWhole && mark !== null ? [mark] : [])];
  }

  async #accept(deliveries: readonly Delivery[]): Promise<void> {
    const { engine } = this.#options;
    const unseen = new Set(await engine.unseen(deliveries.map(({ guid }) => guid)));
    const fresh = deliveries.filter(({ guid }) => unseen.has(guid));
    const outcomes = fresh.length === 0 ? [] : await engine.accept(fresh);
    this.#progress.recovered += outcomes.filter(
      (outcome, index) => outcome === 'accepted' && fresh[index]?.event !== CONFIRMED_EVENT,
    ).length;
  }
}

/** The attempts that we know as unfinished. */
async function unfinishedAttempts(
  runId: number,
  engine: Pick<Engine, 'explainRun'>,
): Promise<ReadonlySet<number | null>> {
  const { runs, jobs } = await engine.explainRun(runId);
  const open = [...runs, ...jobs].filter(({ status }) => status !== 'completed');
  return new Set(open.map(({ runAttempt }) => runAttempt));
}

function isKnown({ isCompleted, updatedAtMs }: ListedRun, knownUntilMs: number | null): boolean {
  return knownUntilMs !== null && isCompleted && updatedAtMs < knownUntilMs;
}

/** Runs that were in progress and are not in the part of the list that was read. */
async function lookAgain({ history, repository, priority }: ListingOptions, pass: Pass): Promise<Outcome> {
  for (const runId of [...pass.unmet]) {
    const run = await history.run(repository, runId, priority);
    if (run.kind === 'missing') continue;
    if (run.kind !== 'ok') return problemOf(run);
    const outcome = await pass.take([run.data]);
    if (!outcome.isComplete) return outcome;
  }
  return { isComplete: true };
}
