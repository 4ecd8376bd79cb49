import { CONFIRMED_EVENT } from '../domain/asked.ts';
import type { Engine, Logger } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Priority } from '../domain/github-api.ts';
import type { GitHubHistory, ListedRun } from '../domain/github-history.ts';
import { type Outcome, problemOf, STOPPED } from './outcome.ts';
import { setAsideOnBug } from './set-aside.ts';

/** How far a listing has come. */
export interface ListingProgress {
  /** Runs met in the list. */
  readonly listed: number;
  /** Runs whose jobs were asked for. */
  readonly read: number;
  /** Deliveries made of them that were news. */
  readonly recovered: number;
  /** The creation of the oldest run met; the list goes back in time. */
  readonly reachedMs: number;
}

export interface ListingOptions {
  readonly history: Pick<GitHubHistory, 'runs' | 'run' | 'readRun'>;
  readonly engine: Pick<Engine, 'accept' | 'unseen'>;
  /** `owner/name`. */
  readonly repository: string;
  /** Runs created before are left out, but for those that stand on the last page that is read. */
  readonly sinceMs: number;
  /** Runs that were over before are known; null: only those that were read from the API before are. */
  readonly knownUntilMs?: number | null;
  /** Runs that were not over the last time: they are looked at again, however old they are. */
  readonly unsettled?: readonly ListedRun[];
  readonly priority: Priority;
  readonly logger: Logger;
  readonly onProgress?: (progress: ListingProgress) => void;
  /** Ends it between two steps. */
  readonly signal?: AbortSignal;
}

export type ListingPass = Outcome & ListingProgress & { readonly unsettled: readonly ListedRun[] };

/** Runs read, and made durable, together. */
const STEP = 20;

/**
 * Reads the runs of a repository, those created last first, with all their attempts and jobs, and accepts what they tell. The list
 * is not filtered: filters are answered from an index that lags behind and ends after 1,000 results
 * (https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository). A run that was read when all of it was
 * over costs nothing more.
 */
export async function listRepository(options: ListingOptions): Promise<ListingPass> {
  const { history, repository, sinceMs, priority, onProgress = () => {} } = options;
  const pass = openPass(options);
  for await (const page of history.runs(repository, priority)) {
    if (page.kind !== 'ok') return { ...problemOf(page), ...pass.result() };
    const outcome = await pass.take(page.data);
    onProgress(pass.result());
    if (!outcome.isComplete) return { ...outcome, ...pass.result() };
    if (page.data.some(({ createdAtMs }) => createdAtMs < sinceMs)) break;
  }
  const outcome = await lookAgain(options, pass);
  return { ...outcome, ...pass.result() };
}

interface Pass {
  readonly met: ReadonlySet<number>;
  take(runs: readonly ListedRun[]): Promise<Outcome>;
  result(): ListingProgress & { readonly unsettled: readonly ListedRun[] };
}

function openPass(options: ListingOptions): Pass {
  const { engine, signal, knownUntilMs = null } = options;
  const [met, unsettled] = [new Set<number>(), [] as ListedRun[]];
  const progress = { listed: 0, read: 0, recovered: 0, reachedMs: Number.POSITIVE_INFINITY };

  async function readStep(runs: readonly ListedRun[]): Promise<Outcome> {
    const { history, repository, priority, logger } = options;
    const answers = await Promise.all(
      runs.map((run) =>
        setAsideOnBug(() => history.readRun(repository, run, priority), {
          instead: { kind: 'missing' },
          logger,
          about: { repository, run: run.runId },
        }),
      ),
    );
    const found: Delivery[] = [];
    for (const [index, answer] of answers.entries()) {
      if (answer.kind !== 'ok') continue;
      found.push(...answer.data.deliveries);
      progress.read += 1;
      if (!answer.data.isSettled) unsettled.push(...runs.slice(index, index + 1));
    }
    const unseen = new Set(await engine.unseen(found.map(({ guid }) => guid)));
    const news = found.filter(({ guid }) => unseen.has(guid));
    const outcomes = news.length === 0 ? [] : await engine.accept(news);
    progress.recovered += outcomes.filter(
      (outcome, index) => outcome === 'accepted' && news[index]?.event !== CONFIRMED_EVENT,
    ).length;
    const failed = answers.find(({ kind }) => kind === 'failed' || kind === 'forbidden');
    return failed === undefined ? { isComplete: true } : problemOf(failed);
  }

  return {
    met,
    async take(runs) {
      progress.listed += runs.length;
      for (const { runId, createdAtMs } of runs) {
        met.add(runId);
        progress.reachedMs = Math.min(progress.reachedMs, createdAtMs);
      }
      const open = runs.filter((run) => !isKnown(run, knownUntilMs));
      const unseen = new Set(await engine.unseen(open.map(({ guid }) => guid)));
      const wanted = open.filter(({ isCompleted, guid }) => !isCompleted || unseen.has(guid));
      for (let start = 0; start < wanted.length; start += STEP) {
        if (signal?.aborted) return STOPPED;
        const outcome = await readStep(wanted.slice(start, start + STEP));
        if (!outcome.isComplete) return outcome;
      }
      return { isComplete: true };
    },
    result: () => ({ ...progress, unsettled }),
  };
}

function isKnown({ isCompleted, updatedAtMs }: ListedRun, knownUntilMs: number | null): boolean {
  return knownUntilMs !== null && isCompleted && updatedAtMs < knownUntilMs;
}

/** Runs that were under way, and that the list has not come to. */
async function lookAgain(
  { history, repository, unsettled = [], priority }: ListingOptions,
  pass: Pass,
): Promise<Outcome> {
  for (const { runId } of unsettled) {
    if (pass.met.has(runId)) continue;
    const run = await history.run(repository, runId, priority);
    if (run.kind === 'missing') continue;
    if (run.kind !== 'ok') return problemOf(run);
    const outcome = await pass.take([run.data]);
    if (!outcome.isComplete) return outcome;
  }
  return { isComplete: true };
}
