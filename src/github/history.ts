import type { Clock } from '../domain/contracts.ts';
import type { ApiResult, GetOptions, GitHub, Priority } from '../domain/github-api.ts';
import type { GitHubHistory, ListedRun, ReadRun } from '../domain/github-history.ts';
import { confirmMissing, entriesOf, goingBack, listed, mapped, ok } from './answers.ts';
import { integerOf, objectOf } from './fields.ts';
import { openHookLog } from './hook-log.ts';
import { readOwned } from './owned-repositories.ts';
import { goingOn, markOf, pastDeliveries } from './past-run.ts';
import { openRepositoryContext } from './repository-context.ts';
import { attemptOf, confirmations, isOver, listedRunOf, type RepositoryContext } from './rest-deliveries.ts';
import { isAttempt, isDatedRun, isJobOf, isListOf } from './shapes.ts';
import { trimJob } from './trim-payload.ts';

export interface HistoryOptions {
  readonly github: GitHub;
  /** Whether we can log in as an App. */
  readonly hasApp: boolean;
  readonly clock: Clock;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
}

const UNREADABLE = { kind: 'failed', reason: 'its repository is not readable', retryAtMs: null } as const;
const PAGE = { per_page: 100 };
const RUNS = '/repos/{owner}/{repo}/actions/runs';
const RUN = `${RUNS}/{run_id}`;
/** A list of runs goes on for as long as GitHub keeps them, and is not read from its middle. */
const ALL_RUNS = { pages: 10_000 };
/**
 * GitHub allows 50 re-runs since April 2026, more on request; before there were runs with hundreds
 * (https://docs.github.com/actions/reference/limits).
 */
const MAX_ATTEMPTS = 500;

/** GitHub's past in our own terms. */
export function openHistory(options: HistoryOptions): GitHubHistory {
  const { github, steady } = options;
  const context = openRepositoryContext(github, steady);

  return {
    ...openHookLog(options),
    ...openDirectory(github),
    ...openLists(github),
    async readRun(repository, run, priority) {
      const about = await context(repository, priority);
      // The run itself exists: it must not count as gone.
      if (about.kind !== 'ok') return about.kind === 'missing' ? UNREADABLE : about;
      const { answer, misses } = await readRun(options, repository, run, priority, about.data);
      return misses ? orHidden(github, repository, priority, answer) : answer;
    },
  };
}

function openLists(github: GitHub): Pick<GitHubHistory, 'runs' | 'run'> {
  return {
    runs(repository, priority) {
      const isReadable = isListOf(isDatedRun, 'workflow_runs');
      const { owner, params } = repositoryParams(repository);
      const options = { owner, priority, conditional: true, isReadable, limit: ALL_RUNS };
      return goingBack(
        runsIn(github.pages(RUNS, { ...options, params: { ...params, ...PAGE } })),
        // GitHub starts no more than a few hundred runs of a repository in a second.
        { timeMsOf: ({ createdAtMs }) => createdAtMs, pagesOfASecond: 10 },
        () => github.distrust(RUNS, 'not_older'),
      );
    },
    async run(repository, runId, priority) {
      const found = await github.get(RUN, {
        ...inRun(repository, runId, priority),
        isReadable: (data) => isDatedRun(data) && integerOf(objectOf(data)?.['id']) === runId,
      });
      const run = mapped(found, listedRunOf);
      if (run.kind === 'missing') return orHidden(github, repository, priority, run);
      return run.kind === 'ok' && run.data === null ? { kind: 'missing' } : (run as ApiResult<ListedRun>);
    },
  };
}

async function* runsIn(pages: AsyncIterable<ApiResult<unknown>>) {
  for await (const page of pages)
    yield mapped(page, (data) =>
      entriesOf(data, 'workflow_runs')
        .map(listedRunOf)
        .filter((run) => run !== null),
    );
}

/**
 * The result, unless the repository can no longer be read: then the 404 did not mean that something is gone.
 */
async function orHidden<T>(
  github: GitHub,
  repository: string,
  priority: Priority,
  answer: ApiResult<T>,
): Promise<ApiResult<T>> {
  const confirmed = await confirmMissing(github, repository, priority);
  if (confirmed.kind === 'missing') return answer;
  return confirmed.kind === 'hidden' ? UNREADABLE : confirmed;
}

/**
 * The jobs are read after the run: if the run had ended, so have they. `misses`: a part of it was not there.
 */
async function readRun(
  { github, clock }: HistoryOptions,
  repository: string,
  { runId, isCompleted, raw }: ListedRun,
  priority: Priority,
  context: RepositoryContext,
): Promise<{ readonly answer: ApiResult<ReadRun>; readonly misses: boolean }> {
  const atMs = clock();
  const latest = objectOf(raw);
  const runAttempt = attemptOf(latest ?? {});
  if (runAttempt > MAX_ATTEMPTS) return { answer: github.distrust(RUN, 'attempts'), misses: false };
  // A finished run is usually read only once.
  const request = { ...inRun(repository, runId, priority), conditional: !isCompleted };
  const jobs = await listed(
    github,
    `${RUN}/jobs`,
    { ...request, params: { ...request.params, ...PAGE, filter: 'all' } },
    { isEntry: isJobOf(runId), member: 'jobs', pick: (job) => [trimJob(job)] },
  );
  if (jobs.kind !== 'ok') return { answer: jobs, misses: jobs.kind === 'missing' };
  const { runs, misses, failure } = await earlierAttempts(github, runId, runAttempt, request);
  if (failure !== null) return { answer: failure, misses };
  const isSettled = latest?.['status'] === 'completed' && jobs.data.every(isOver);
  const attempts = [latest, ...runs.map(objectOf)].filter((run) => run !== null);
  const whole = { attempts, jobs: jobs.data };
  const alive = { runs: latest === null ? [] : [latest], jobs: jobs.data };
  const confirmed = confirmations(alive, repository, atMs).map(goingOn);
  const answer = ok({
    deliveries: [...pastDeliveries(whole, context, atMs), ...confirmed],
    mark: isSettled ? markOf(whole, context, atMs) : null,
    isSettled,
  });
  return { answer, misses };
}

/** `misses`: at least one was not there. */
async function earlierAttempts(github: GitHub, runId: number, latest: number, request: GetOptions) {
  const runs: unknown[] = [];
  let misses = false;
  for (let number = latest - 1; number > 0; number -= 1) {
    const params = { ...request.params, attempt_number: number };
    const isReadable = isAttempt(runId, number);
    const found = await github.get(`${RUN}/attempts/{attempt_number}`, { ...request, params, isReadable });
    if (found.kind === 'ok') runs.push(found.data);
    else if (found.kind === 'missing') misses = true;
    else return { runs, misses, failure: found };
  }
  return { runs, misses, failure: null };
}

function openDirectory(github: GitHub): Pick<GitHubHistory, 'installations' | 'repositoriesOf'> {
  async function installations(): Promise<ApiResult<readonly string[]>> {
    return mapped(await github.credentials(), (all) =>
      all.flatMap(({ owner }) => (owner === null ? [] : [owner])),
    );
  }
  return {
    installations,
    async repositoriesOf(owner) {
      const known = await installations();
      const isInstalled =
        known.kind === 'ok' && known.data.some((each) => each.toLowerCase() === owner.toLowerCase());
      return readOwned(github, owner, isInstalled);
    },
  };
}

function inRun(repository: string, runId: number, priority: Priority): GetOptions & { params: object } {
  const { owner, params } = repositoryParams(repository);
  return { owner, priority, conditional: true, params: { ...params, run_id: runId } };
}

/** A repository's full name as parameters of a route. */
function repositoryParams(repository: string): {
  readonly owner: string;
  readonly params: { readonly repo: string };
} {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, params: { repo } };
}
