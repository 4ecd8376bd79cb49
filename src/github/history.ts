import type { Clock } from '../domain/contracts.ts';
import type { ApiResult, GetOptions, GitHub, Priority } from '../domain/github-api.ts';
import type { GitHubHistory, ListedRun, ReadRun } from '../domain/github-history.ts';
import { confirmMissing, entriesOf, listed, mapped, ok } from './answers.ts';
import { objectOf } from './fields.ts';
import { openHookReading } from './hook-reading.ts';
import { readOwned } from './owned-repositories.ts';
import { goingOn, markOf, pastDeliveries } from './past-run.ts';
import { openRepositoryContext } from './repository-context.ts';
import { attemptOf, confirmations, isOver, listedRunOf, type RepositoryContext } from './rest-deliveries.ts';
import { isDatedRun, isJob, isListOf, isRun } from './shapes.ts';

export interface HistoryOptions {
  readonly github: GitHub;
  /** Whether we can log in as an App. */
  readonly hasApp: boolean;
  readonly clock: Clock;
}

const UNREADABLE = { kind: 'failed', reason: 'its repository is not readable', retryAtMs: null } as const;
const PAGE = { per_page: 100 };
const RUNS = '/repos/{owner}/{repo}/actions/runs';
const RUN = `${RUNS}/{run_id}`;

/** GitHub's past in our own terms. */
export function openHistory(options: HistoryOptions): GitHubHistory {
  const { github, clock } = options;
  const context = openRepositoryContext(github, clock);

  return {
    ...openHookReading(options),
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
    async *runs(repository, priority) {
      const isReadable = isListOf(isDatedRun, 'workflow_runs');
      const options = { ...repositoryParams(repository), priority, conditional: true, isReadable };
      const params = { ...options.params, ...PAGE };
      for await (const page of github.pages(RUNS, { ...options, params })) {
        yield mapped(page, (data) =>
          entriesOf(data, 'workflow_runs')
            .map(listedRunOf)
            .filter((run) => run !== null),
        );
      }
    },
    async run(repository, runId, priority) {
      const found = await github.get(RUN, {
        ...inRun(repository, runId, priority),
        isReadable: isDatedRun,
      });
      const run = mapped(found, listedRunOf);
      if (run.kind === 'missing') return orHidden(github, repository, priority, run);
      return run.kind === 'ok' && run.data === null ? { kind: 'missing' } : (run as ApiResult<ListedRun>);
    },
  };
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
  // A finished run is usually read only once.
  const request = { ...inRun(repository, runId, priority), conditional: !isCompleted };
  const jobs = await listed(
    github,
    `${RUN}/jobs`,
    { ...request, params: { ...request.params, ...PAGE, filter: 'all' } },
    isJob,
    'jobs',
  );
  if (jobs.kind !== 'ok') return { answer: jobs, misses: jobs.kind === 'missing' };
  const attempts = [raw];
  let misses = false;
  for (let number = attemptOf(objectOf(raw) ?? {}) - 1; number > 0; number -= 1) {
    const params = { ...request.params, attempt_number: number };
    const earlier = await github.get(`${RUN}/attempts/{attempt_number}`, {
      ...request,
      params,
      isReadable: isRun,
    });
    if (earlier.kind === 'ok') attempts.push(earlier.data);
    else if (earlier.kind === 'missing') misses = true;
    else return { answer: earlier, misses };
  }
  const latest = objectOf(raw);
  const isSettled = latest?.['status'] === 'completed' && jobs.data.every(isOver);
  const whole = { attempts: attempts.map(objectOf).filter((run) => run !== null), jobs: jobs.data };
  const alive = { runs: latest === null ? [] : [latest], jobs: jobs.data };
  const confirmed = confirmations(alive, repository, atMs).map(goingOn);
  const answer = ok({
    deliveries: [...pastDeliveries(whole, context, atMs), ...confirmed],
    mark: isSettled ? markOf(whole, context, atMs) : null,
    isSettled,
  });
  return { answer, misses };
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
