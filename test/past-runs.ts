import fc from 'fast-check';
import type { ApiResult, GitHub } from '../src/domain/github-api.ts';
import { NOW } from './small-worlds.ts';

/*
 * Runs of the last years as GitHub's API shows them, and which of them must be counted, written without the
 * service's code. Records change after the end, jobs of old runs or their steps are gone, and re-runs carry
 * jobs over.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface PastAttempt {
  readonly startMs: number;
  readonly endMs: number;
  /** When its jobs ended, the last of them with it. None: it never had one. */
  readonly jobEndsMs: readonly number[];
  /** It reports so many jobs of the attempt before again. */
  readonly carried: number;
  readonly conclusion: string;
}

/** Of one run, oldest attempt first. */
export interface PastRun {
  readonly id: number;
  readonly attempts: readonly PastAttempt[];
  /** The last change of its record after the end; null: none. */
  readonly changedMs: number | null;
}

const attemptPlan = fc.record({
  afterHours: fc.constantFrom(0, 1, 30, 20 * 24),
  lastsHours: fc.constantFrom(0.01, 2, 60),
  jobs: fc.nat(2),
  carried: fc.nat(1),
  conclusion: fc.constantFrom('success', 'failure', 'cancelled', 'startup_failure'),
});

const runPlan = fc.record({
  // Before the first look, or between later ones.
  bornDaysAgo: fc.constantFrom(700, 400, 100, 45, 36.5, 30, 20, 4, 2, 1.2, 0.9, 0.2, -3, -30, -41, -60),
  attempts: fc.array(attemptPlan, { minLength: 1, maxLength: 2 }),
  changedDaysLater: fc.constantFrom(null, 0.5, 20, 34, 200),
});

export const historiesOfRuns: fc.Arbitrary<readonly PastRun[]> = fc
  .array(runPlan, { minLength: 1, maxLength: 5 })
  .map((plans) =>
    plans.map(({ bornDaysAgo, attempts, changedDaysLater }, index) => {
      let startMs = NOW - bornDaysAgo * DAY_MS + index * 1000;
      const lived = attempts.map(({ afterHours, lastsHours, jobs, carried, conclusion }, place) => {
        startMs += place === 0 ? 0 : afterHours * HOUR_MS + 5000;
        const lastsMs = jobs === 0 && conclusion === 'startup_failure' ? 0 : lastsHours * HOUR_MS;
        const endMs = startMs + lastsMs;
        const ends = Array.from({ length: jobs }, (_, job) => endMs - (job * lastsMs) / 3);
        const attempt = { startMs, endMs, jobEndsMs: ends, carried: place === 0 ? 0 : carried, conclusion };
        startMs = endMs;
        return attempt;
      });
      const changedMs = changedDaysLater === null ? null : startMs + changedDaysLater * DAY_MS;
      return { id: 1000 + index, attempts: lived, changedMs };
    }),
  );

/**
 * How many attempts and jobs these looks must have counted: those that had ended by then, and not before each
 * look's limit.
 */
export function countedOf(
  runs: readonly PastRun[],
  looks: readonly { readonly nowMs: number; readonly sinceMs: number }[],
): { readonly attempts: number; readonly jobs: number } {
  let [attempts, jobs] = [0, 0];
  for (const run of runs) {
    for (const attempt of run.attempts) {
      const isSeen = looks.some(
        ({ nowMs, sinceMs }) => overMs(run) <= nowMs && knownEndMs(attempt) >= sinceMs,
      );
      if (!isSeen) continue;
      attempts += 1;
      jobs += attempt.jobEndsMs.length;
    }
  }
  return { attempts, jobs };
}

/** With its last own job; without jobs when it began, because a later change is not its end. */
function knownEndMs({ startMs, endMs, jobEndsMs }: PastAttempt): number {
  return jobEndsMs.length > 0 ? endMs : startMs;
}

function overMs({ attempts }: PastRun): number {
  return attempts.at(-1)?.endMs ?? 0;
}

/** GitHub's API over the runs completed by then; those in progress are left to other tests. */
export function openPast(runs: readonly PastRun[], nowMs: number): GitHub {
  const over = runs.filter((run) => overMs(run) <= nowMs).toSorted((a, b) => startOf(b) - startOf(a));
  const find = (params: Params) => over.find(({ id }) => id === params['run_id']);
  return {
    async get(route, { params = {} }) {
      if (route === '/repos/{owner}/{repo}') return ok({ full_name: 'o/r', default_branch: 'main' });
      const run = find(params);
      return run === undefined
        ? { kind: 'missing' }
        : ok(runObject(run, Number(params['attempt_number']), nowMs));
    },
    async *pages(route, { params = {} }) {
      if (route.endsWith('/workflows')) yield ok({ workflows: [] });
      else if (route.endsWith('/jobs')) yield ok({ jobs: jobObjects(find(params), nowMs) });
      else yield ok({ workflow_runs: over.map((run) => runObject(run, run.attempts.length, nowMs)) });
    },
    distrust: (_, implausible) => ({ kind: 'failed', reason: implausible, retryAtMs: null, implausible }),
    credentials: async () => ok([]),
    refusals: () => [],
    readings: () => [],
    async close() {},
  };
}

type Params = Readonly<Record<string, string | number>>;

function ok<T>(data: T): ApiResult<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

function startOf({ attempts }: PastRun): number {
  return attempts[0]?.startMs ?? 0;
}

function runObject(run: PastRun, number: number, nowMs: number): object {
  const { startMs, endMs, conclusion } = run.attempts[number - 1] as PastAttempt;
  const isChanged = number === run.attempts.length && run.changedMs !== null && run.changedMs <= nowMs;
  return {
    ...{ id: run.id, run_attempt: number, run_number: 1, name: 'CI', event: 'push', head_branch: 'topic' },
    ...{ status: 'completed', conclusion },
    created_at: textOf(startOf(run)),
    run_started_at: textOf(startMs),
    updated_at: textOf(isChanged ? (run.changedMs ?? 0) : endMs),
  };
}

function jobObjects(run: PastRun | undefined, nowMs: number): object[] {
  if (run === undefined) return [];
  return run.attempts.flatMap(({ jobEndsMs, carried }, place) => {
    const before = run.attempts[place - 1]?.jobEndsMs.slice(0, carried) ?? [];
    const carriedOver = before.map((endMs, job) =>
      jobObject(run, [place, 50 + job], [place - 1, job], endMs),
    );
    const own = jobEndsMs.map((endMs, job) => jobObject(run, [place, job], [place, job], endMs));
    return [...carriedOver, ...own].map((job) => (nowMs - NOW > 90 * DAY_MS ? { ...job, steps: [] } : job));
  });
}

/** A job reported in some position, and the position in which it ran. */
function jobObject(
  { id }: PastRun,
  [place, number]: readonly [number, number],
  [ranPlace, ranNumber]: readonly [number, number],
  endMs: number,
): object {
  return {
    id: id * 1000 + place * 100 + number,
    ...{ run_id: id, run_attempt: place + 1, name: `job ${ranNumber}`, workflow_name: 'CI' },
    ...{ status: 'completed', conclusion: 'success', labels: ['ubuntu-latest'] },
    created_at: textOf(endMs - 8000),
    started_at: textOf(endMs - 5000),
    completed_at: textOf(endMs),
    ...{ runner_id: 7 + ranPlace, runner_name: 'r', runner_group_name: 'GitHub Actions' },
    steps: [{ name: 'x', number: 1, status: 'completed', conclusion: 'success' }],
  };
}

function textOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
