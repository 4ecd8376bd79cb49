import type { Job, Run } from '../../simulator/model.ts';
import {
  branchOf,
  executionsOf,
  lastReported,
  nameOf,
  placeOf,
  queueMsOf,
  reportedEnd,
} from '../../simulator/truth-reported.ts';
import { runsOf, type World } from '../../simulator/world.ts';

/*
 * What the views of workflows, jobs and failures must show of a simulated world, in the most naive way: from what
 * happened in it, without any code of the service.
 */

export interface WorldRow {
  readonly name: string;
  readonly within: string;
  readonly runs: number;
  readonly passRate: number | null;
  /** Of those that passed, ascending. */
  readonly seconds: readonly number[];
  readonly p50: number | null;
  readonly p95: number | null;
  readonly queueP95: number | null;
  readonly totalSeconds: number;
}

interface Ended {
  readonly name: string;
  readonly within: string;
  readonly conclusion: string;
  /** Null: no runner took it. */
  readonly seconds: number | null;
}

/** The attempts of runs that ended, by workflow. */
export function workflowRows(world: World): WorldRow[] {
  const runs = [...runsOf(world)];
  const ended = runs.flatMap((run) =>
    run.attempts.flatMap((attempt): Ended[] => {
      const end = reportedEnd(attempt, world.endMs);
      const { repository: within, workflow: name } = placeOf(run);
      const { conclusion } = attempt;
      return end ? [{ name, within, conclusion, seconds: (end.atMs - attempt.startedMs) / 1000 }] : [];
    }),
  );
  const jobs = jobsOf(
    runs,
    (run) => ({ name: placeOf(run).workflow, within: placeOf(run).repository }),
    world,
  );
  return rowsOf(ended, jobs);
}

/** The jobs that ended, by name. */
export function jobRows(world: World): WorldRow[] {
  const jobs = jobsOf(
    [...runsOf(world)],
    (run, job) => {
      const { repository, workflow } = placeOf(run);
      return { name: nameOf(job), within: `${workflow} · ${repository}` };
    },
    world,
  );
  return rowsOf(jobs.ended, jobs);
}

interface Jobs {
  readonly ended: readonly Ended[];
  readonly waits: readonly (Pick<Ended, 'name' | 'within'> & { readonly seconds: number })[];
}

function jobsOf(
  runs: readonly Run[],
  groupOf: (run: Run, job: Job) => Pick<Ended, 'name' | 'within'>,
  { endMs }: World,
): Jobs {
  const all = runs.flatMap((run) =>
    run.attempts.flatMap(executionsOf).map((job) => ({ job, group: groupOf(run, job) })),
  );
  return {
    ended: all
      .filter(({ job }) => lastReported(job, endMs)?.status === 'completed')
      .map(({ job, group }) => ({ ...group, conclusion: job.conclusion, seconds: secondsOf(job) })),
    waits: all.flatMap(({ job, group }) => {
      const ms = queueMsOf(job, endMs);
      return ms === null ? [] : [{ ...group, seconds: Math.max(0, ms / 1000) }];
    }),
  };
}

function secondsOf(job: Job): number | null {
  return job.kind === 'ran' ? Math.max(0, (job.completedMs - job.startedMs) / 1000) : null;
}

function rowsOf(ended: readonly Ended[], jobs: Jobs): WorldRow[] {
  const keyOf = ({ name, within }: Pick<Ended, 'name' | 'within'>) => JSON.stringify([name, within]);
  const keys = new Set([...ended, ...jobs.ended, ...jobs.waits].map(keyOf));
  return Array.from(keys, (key) => {
    const own = <T extends Pick<Ended, 'name' | 'within'>>(all: readonly T[]) =>
      all.filter((each) => keyOf(each) === key);
    const [name, within] = JSON.parse(key);
    const passed = own(ended).filter(({ conclusion }) => conclusion === 'success');
    const failed = own(ended).filter(({ conclusion }) => /failure|timed_out/.test(conclusion));
    const seconds = passed.flatMap((each) => (each.seconds === null ? [] : [each.seconds]));
    return {
      ...{ name, within },
      runs: own(ended).length,
      passRate: passed.length + failed.length === 0 ? null : passed.length / (passed.length + failed.length),
      seconds: seconds.toSorted((a, b) => a - b),
      p50: rank(seconds, 0.5),
      p95: rank(seconds, 0.95),
      queueP95: rank(
        own(jobs.waits).map((wait) => wait.seconds),
        0.95,
      ),
      totalSeconds: own(jobs.ended).reduce((sum, job) => sum + (job.seconds ?? 0), 0),
    };
  });
}

/** The smallest value that enough others are not above; null of none. */
export function rank(values: readonly number[], share: number): number | null {
  const isEnough = (each: number) => values.filter((other) => other <= each).length >= share * values.length;
  return values.toSorted((a, b) => a - b).find(isEnough) ?? null;
}

/** The jobs that failed, by cause. */
export function failuresByCause(world: World): Map<string, number> {
  const failed = [...runsOf(world)].flatMap((run) =>
    run.attempts
      .flatMap(executionsOf)
      .filter((job) => job.failure !== null && lastReported(job, world.endMs)?.status === 'completed'),
  );
  return new Map(
    Array.from(
      Map.groupBy(failed, ({ failure }) => String(failure)),
      ([cause, jobs]) => [cause, jobs.length],
    ),
  );
}

/**
 * The workflows of default branches that fail at the end, by both names, with how many failed since the
 * latest success.
 */
export function brokenWorkflows(world: World): Map<string, { count: number; firstRunIds: number[] }> {
  const ends = [...runsOf(world)]
    .filter((run) => branchOf(run) === 'default')
    .flatMap((run) =>
      run.attempts.flatMap((attempt) => {
        const end = reportedEnd(attempt, world.endMs);
        const { repository, workflow } = placeOf(run);
        const { conclusion } = attempt;
        return end ? [{ key: workflow + repository, runId: run.id, atMs: end.atMs, conclusion }] : [];
      }),
    );
  const counts = Array.from(
    Map.groupBy(ends, ({ key }) => key),
    ([key, own]) => {
      const successes = own.filter(({ conclusion }) => conclusion === 'success').map(({ atMs }) => atMs);
      const last = Math.max(0, ...successes);
      const failures = own.filter(
        ({ conclusion, atMs }) => /failure|timed_out/.test(conclusion) && atMs > last,
      );
      const firstMs = Math.min(...failures.map(({ atMs }) => atMs));
      const first = failures.filter(({ atMs }) => atMs === firstMs);
      return [key, { count: failures.length, firstRunIds: first.map(({ runId }) => runId) }] as const;
    },
  );
  return new Map(counts.filter(([, { count }]) => count > 0));
}
