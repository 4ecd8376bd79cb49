import type { Logger } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { Answer } from '../domain/github-api.ts';
import type { DeliveryAttempt, GitHubHistory, Hook, ListedRun } from '../domain/github-history.ts';
import { Trials } from './trials.ts';

/*
 * For tests: a GitHub that tells what it is made of, and an engine that remembers what it was given.
 */

export const NOW = Date.UTC(2026, 10, 23, 12);
export const HOUR_MS = 3_600_000;
export const APP: Hook = { name: 'app', route: '/app/hook', params: {}, owner: null };
export const FAILED: Answer<never> = { kind: 'failed', reason: 'no luck', retryAtMs: NOW + 1 };
export const REFUSED: Answer<never> = {
  kind: 'forbidden',
  permission: 'a valid token',
  message: '401',
  ...{ said: '401', hint: 'renew it' },
  refusal: { said: '401', remedy: 'renew it' },
};
export const FORBIDDEN: Answer<never> = {
  kind: 'forbidden',
  permission: 'Actions: read',
  message: 'GitHub answered 403 `o` has an IP allow list enabled',
  ...{ said: '403 `o` has an IP allow list enabled', hint: 'add the address' },
};
const PAGE = 2;
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

export interface FakeGitHub {
  /** By the name of the hook, the latest first. */
  readonly logs: Map<string, Answer<readonly DeliveryAttempt[]>>;
  /** By the repository, those created last first. */
  readonly runs: Map<string, Answer<readonly ListedRun[]>>;
  readonly hooks: Map<string, Answer<readonly Hook[]>>;
  /** What can't be read: ids of runs, guids of deliveries, the first page of a log by `log HOOK`, others by `behind ID`. */
  readonly broken: Map<number | string, Answer<never>>;
  /** When the attempts of runs ended, of those for which that matters. */
  readonly ends: Map<number, readonly number[]>;
  /** Runs with a job that is never over. */
  readonly endless: Set<number>;
  repositories: readonly string[];
  leftOut: string | null;
  hasApp: boolean;
  /** What was asked for, in order. */
  readonly asked: string[];
  readonly history: GitHubHistory;
}

export function fakeGitHub(): FakeGitHub {
  const asked: string[] = [];
  const broken: FakeGitHub['broken'] = new Map();
  const [logs, runs, hooks]: [FakeGitHub['logs'], FakeGitHub['runs'], FakeGitHub['hooks']] = [
    new Map(),
    new Map(),
    new Map(),
  ];
  const missing = { kind: 'missing' } as const;
  const fake: FakeGitHub = {
    ...{
      logs,
      runs,
      hooks,
      broken,
      asked,
      ends: new Map(),
      endless: new Set(),
      repositories: [],
      leftOut: null,
      hasApp: true,
    },
    history: {
      appHook: () => (fake.hasApp ? APP : null),
      hooksOf: async (place) => fake.hooks.get(place) ?? missing,
      attempts: (hook, from) => pagesOf(logs.get(hook.name) ?? missing, `log ${hook.name}`, from, fake),
      async delivery(_, attempt) {
        asked.push(`delivery ${attempt.guid}`);
        return broken.get(attempt.guid) ?? ok(delivery(attempt.guid, 'redelivery'));
      },
      installations: async () => ok(fake.hasApp ? ['o'] : []),
      repositoriesOf: async () => ok({ names: fake.repositories, leftOut: fake.leftOut }),
      runs: (repository) => paged(runs.get(repository) ?? missing, `runs ${repository}`, asked),
      async run(repository, runId) {
        asked.push(`run ${runId}`);
        const all = runs.get(repository);
        const found = all?.kind === 'ok' ? all.data.find((each) => each.runId === runId) : undefined;
        return found === undefined ? missing : ok(found);
      },
      async readRun(_, run) {
        asked.push(`jobs ${run.runId}`);
        const isSettled = run.isCompleted && !fake.endless.has(run.runId);
        const deliveries = (fake.ends.get(run.runId) ?? []).map((endedAtMs, index) => ({
          delivery: delivery(`${run.guid}-part-${index}`, 'api'),
          runAttempt: run.runAttempt - index,
          endedAtMs,
        }));
        const open = { delivery: delivery(`${run.guid}-open`, 'api'), runAttempt: null, endedAtMs: null };
        return (
          broken.get(run.runId) ??
          ok(
            isSettled
              ? { deliveries, mark: delivery(run.guid, 'api'), isSettled }
              : { deliveries: [...deliveries, open], mark: null, isSettled },
          )
        );
      },
    },
  };
  return fake;
}

async function* paged<T>(
  answer: Answer<readonly T[]>,
  name: string,
  asked: string[],
): AsyncIterable<Answer<readonly T[]>> {
  asked.push(name);
  if (answer.kind !== 'ok') return yield answer;
  for (let start = 0; start === 0 || start < answer.data.length; start += PAGE)
    yield ok(answer.data.slice(start, start + PAGE));
}

/** As GitHub pages its log: a page begins behind the attempt that the one before it ended with. */
async function* pagesOf(
  answer: Answer<readonly DeliveryAttempt[]>,
  name: string,
  from: string | null,
  { asked, broken }: FakeGitHub,
): AsyncIterable<Answer<readonly DeliveryAttempt[]>> {
  let next = from;
  do {
    asked.push(next === null ? name : `${name} behind ${next}`);
    const failure = broken.get(next === null ? name : `behind ${next}`);
    if (failure !== undefined || answer.kind !== 'ok') return yield failure ?? answer;
    const start = next === null ? 0 : answer.data.findIndex(({ id }) => String(id) === next) + 1;
    const page = start === 0 && next !== null ? [] : answer.data.slice(start, start + PAGE);
    const hasMore = page.length === PAGE && start + PAGE < answer.data.length;
    next = hasMore ? String(page.at(-1)?.id) : null;
    yield ok(page, next);
  } while (next !== null);
}

export function ok<T>(data: T, next: string | null = null): Answer<T> {
  return { kind: 'ok', data, next, fromCache: false };
}

function delivery(guid: string, source: Delivery['source']): Delivery {
  return { guid, event: 'workflow_job', action: 'completed', source, receivedAtMs: NOW, payload: '{}' };
}

export function attempt(id: number, hoursAgo: number, isDelivered = false): DeliveryAttempt {
  const deliveredAtMs = NOW - hoursAgo * HOUR_MS;
  return { id, guid: `g${id}`, event: 'workflow_job', deliveredAtMs, isDelivered, isCounted: true };
}

export function run(runId: number, hoursAgo: number, over: Partial<ListedRun> = {}): ListedRun {
  const createdAtMs = NOW - hoursAgo * HOUR_MS;
  const times = { createdAtMs, startedAtMs: createdAtMs, updatedAtMs: createdAtMs };
  const shared = { runId, runAttempt: 1, ...times, told: null };
  return { ...shared, isCompleted: true, guid: `api-run-${runId}`, ...over };
}

/** What recovery needs of the engine, in memory. */
export function fakeEngine() {
  const seen = new Set<string>();
  const marks = new Map<string, number>();
  const notes = new Map<string, string>();
  const accepted: string[] = [];
  const handed: string[] = [];
  return {
    seen,
    marks,
    notes,
    accepted,
    /** What was handed in, news or not. */
    handed,
    async accept(deliveries: readonly Delivery[]) {
      handed.push(...deliveries.map(({ guid }) => guid));
      const fresh = deliveries.map(({ guid }) => !seen.has(guid));
      for (const { guid } of deliveries) seen.add(guid);
      accepted.push(...deliveries.filter((_, index) => fresh[index]).map(({ guid }) => guid));
      return fresh.map((isFresh) => (isFresh ? ('accepted' as const) : ('duplicate' as const)));
    },
    unseen: async (guids: readonly string[]) => guids.filter((guid) => !seen.has(guid)),
    readMark: async (name: string) => marks.get(name) ?? null,
    writeMark: async (name: string, atMs: number) => void marks.set(name, atMs),
    readNote: async (name: string) => notes.get(name) ?? null,
    async writeNote(name: string, text: string | null) {
      if (text === null) notes.delete(name);
      else notes.set(name, text);
    },
    knownRepositories: async () => [],
    explainRun: async (): Promise<Explanation> => ({ runs: [], jobs: [], observations: [] }),
  };
}

/** Everything of a pass but GitHub and the engine. */
export function surroundings() {
  return {
    patterns: [],
    retentionMs: null,
    clock: () => NOW,
    logger: SILENT,
    meter: { add() {} },
    signal: new AbortController().signal,
    trials: new Trials(),
  };
}
