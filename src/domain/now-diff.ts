import type { Freshness, Now, NowDiff, NowGroup, NowJob, NowTotals } from './openapi-types.ts';

/*
 * The changes from one answer of `/api/v1/now` to the next. The service makes them, and the page applies
 * them; both order jobs and groups by the rules here.
 */

/** Queued ones first, then what waits for something other than a runner, then what runs. */
const RANKS: Readonly<Record<NowJob['status'], number>> = {
  requested: 0,
  queued: 0,
  pending: 1,
  waiting: 1,
  in_progress: 2,
  completed: 3,
};

/** The position of a job in the list: smaller comes first. */
export interface NowPlace {
  readonly rank: number;
  readonly sinceMs: number;
  readonly jobId: number;
}

export function rankOf(status: NowJob['status']): number {
  return RANKS[status];
}

export function comparePlaces(a: NowPlace, b: NowPlace): number {
  return a.rank - b.rank || a.sinceMs - b.sinceMs || a.jobId - b.jobId;
}

/** The longest wait first; then the most jobs. */
export function compareGroups(a: NowGroup, b: NowGroup): number {
  return (
    compareOldest(a.oldest_queued_at, b.oldest_queued_at) ||
    b.queued - a.queued ||
    b.in_progress - a.in_progress ||
    (a.runs_on < b.runs_on ? -1 : 1)
  );
}

/** What leads from one answer to a later one; null if nothing but the time has changed. */
export function diffOf(before: Now, after: Now): NowDiff | null {
  const groups = changed(before.groups, after.groups, ({ runs_on }) => runs_on, {
    before: before.now,
    after: after.now,
  });
  const jobs = changed(before.jobs, after.jobs, ({ job_id }) => job_id);
  const isSame =
    [groups.changed, groups.gone, jobs.changed, jobs.gone].every(({ length }) => length === 0) &&
    isEqual(timeless(before.totals, before.now), timeless(after.totals, after.now)) &&
    isEqual(steady(before), steady(after));
  if (isSame) return null;
  const { as_of, now, totals, freshness, cursor } = after;
  return {
    as_of,
    now,
    groups: groups.changed,
    gone_groups: groups.gone,
    jobs: jobs.changed,
    gone: jobs.gone,
    totals,
    cursor,
    freshness,
  };
}

/** The answer that a difference leads to: equal to what `/api/v1/now` answered then. */
export function applyDiff(before: Now, diff: NowDiff): Now {
  const passedMs = Date.parse(diff.now) - Date.parse(before.now);
  const groups = merged(
    before.groups,
    diff.groups,
    diff.gone_groups,
    ({ runs_on }) => runs_on,
    (group) => ({
      ...group,
      wait_p50: grown(group.wait_p50, passedMs),
      wait_p95: grown(group.wait_p95, passedMs),
    }),
  );
  const jobs = merged(
    before.jobs,
    diff.jobs,
    diff.gone,
    ({ job_id }) => job_id,
    (job) => job,
  );
  const { as_of, now, totals, freshness, cursor } = diff;
  return {
    ...before,
    as_of,
    now,
    totals,
    freshness,
    cursor,
    groups: groups.sort(compareGroups),
    jobs: jobs.sort((a, b) => comparePlaces(placeOf(a), placeOf(b))),
  };
}

/** The waits of an answer as they are this much later, if nothing has changed. */
export function grown(seconds: number | null, passedMs: number): number | null {
  return seconds === null ? null : Math.round(seconds * 1000 + passedMs) / 1000;
}

function placeOf({ status, since, job_id }: NowJob): NowPlace {
  return { rank: rankOf(status), sinceMs: Date.parse(since), jobId: job_id };
}

function compareOldest(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return Date.parse(a) - Date.parse(b);
}

interface Changed<T, Key> {
  readonly changed: T[];
  readonly gone: Key[];
}

function changed<T extends object, Key>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (entry: T) => Key,
  times?: { readonly before: string; readonly after: string },
): Changed<T, Key> {
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const isChanged = (entry: T) => {
    const earlier = old.get(keyOf(entry));
    old.delete(keyOf(entry));
    if (earlier === undefined) return true;
    if (times === undefined) return !isEqual(earlier, entry);
    return !isEqual(timeless(earlier, times.before), timeless(entry, times.after));
  };
  const found = after.filter(isChanged);
  return { changed: found, gone: [...old.keys()] };
}

function merged<T, Key>(
  before: readonly T[],
  changes: readonly T[],
  gone: readonly Key[],
  keyOf: (entry: T) => Key,
  aged: (entry: T) => T,
): T[] {
  const without = new Set([...gone, ...changes.map(keyOf)]);
  return [...before.filter((entry) => !without.has(keyOf(entry))).map(aged), ...changes];
}

/** Waits as the times since when, which do not move while nothing changes. */
function timeless<T extends object>(entry: T, now: string): T | (T & Partial<NowTotals>) {
  if (!('wait_p50' in entry && 'wait_p95' in entry)) return entry;
  const since = (wait: unknown) =>
    typeof wait === 'number' ? Math.round(Date.parse(now) - wait * 1000) : null;
  return { ...entry, wait_p50: since(entry.wait_p50), wait_p95: since(entry.wait_p95) };
}

/** Freshness with the time up to which everything is known, in place of how long ago that is. */
function steady({ freshness, now }: Pick<Now, 'freshness' | 'now'>): Freshness {
  const { recovery_lag_seconds: lag } = freshness;
  const known = lag === null ? null : Math.round(Date.parse(now) / 1000 - lag);
  return { ...freshness, recovery_lag_seconds: known };
}

/** Of flat objects. */
function isEqual<T extends object>(a: T, b: T): boolean {
  const names = Object.keys(a) as (keyof T)[];
  return names.every((name) => a[name] === b[name]);
}
