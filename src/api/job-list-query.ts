import type { JobFilters, JobOrder, JobPlace, JobQuery } from '../domain/job-list.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { Status } from '../domain/observation.ts';
import { parseTime } from './time.ts';

/*
 * The query parameters of `/api/v1/jobs`, checked.
 */

const STATUSES: readonly Status[] = ['requested', 'queued', 'pending', 'waiting', 'in_progress', 'completed'];
/** https://docs.github.com/rest/actions/workflow-jobs, and what metrics have if GitHub reports none. */
const CONCLUSIONS = [
  ...['success', 'failure', 'cancelled', 'skipped', 'timed_out', 'startup_failure', 'action_required'],
  ...['neutral', 'stale', 'unknown'],
];
const SORTS: Readonly<Record<string, JobOrder>> = {
  created_at: 'created',
  completed_at: 'completed',
  waiting_seconds: 'waiting',
  queue_seconds: 'queue',
  duration_seconds: 'duration',
};
const FILTERS: Readonly<Record<string, keyof JobFilters>> = {
  repository: 'repository',
  workflow: 'workflow',
  job_name: 'jobName',
  runs_on: 'runsOn',
  label: 'label',
  runner_group: 'runnerGroup',
  branch: 'branch',
  event: 'event',
  conclusion: 'conclusion',
};
/** Parameters that may be given only once. */
const SINGLE = ['stale', 'from', 'to', 'sort', 'limit', 'cursor'] as const;
const JOB_PARAMETERS: readonly string[] = ['status', ...Object.keys(FILTERS), ...SINGLE];

const DEFAULT_LIMIT = 100;
const MOST = 500;
/** The maximum for each parameter. No person asks for more. */
const MOST_VALUES = 100;
const DEFAULT_WINDOW_MS = 86_400_000;

type Single = Readonly<Partial<Record<(typeof SINGLE)[number], string>>>;

/** What is wrong with a request, for people. */
export class BadQuery extends Error {}

/**
 * The query that the parameters of a request describe, each with its values. Without a status, it selects
 * jobs that are not completed, or, with `conclusion`, `from` or `to`, those that are. Throws `BadQuery`.
 */
export function jobQueryOf(parameters: ReadonlyMap<string, readonly string[]>, nowMs: number): JobQuery {
  const given = withoutEmpty(parameters);
  const single = singlesOf(given);
  const filters = filtersOf(given);
  const asksForEnds = ['from', 'to', 'conclusion'].filter((name) => given.has(name));
  const statuses = statusesOf(given.get('status') ?? [], asksForEnds.length > 0);
  const isEnded = statuses.includes('completed');
  if (!isEnded && asksForEnds.length > 0)
    throw new BadQuery(`${asksForEnds[0]} is for completed jobs: leave it out, or ask for status=completed.`);
  const order = orderOf(single.sort, isEnded);
  return {
    ...filters,
    ...order,
    statuses,
    window: isEnded ? windowOf(single, nowMs) : null,
    isStale: isStaleOf(single.stale, isEnded),
    limit: limitOf(single.limit),
    after: placeOf(single.cursor, order),
  };
}

/** An empty parameter counts as absent: dashboards send them. */
function withoutEmpty(
  parameters: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const filled = Array.from(
    parameters,
    ([name, texts]) => [name, texts.filter((text) => text !== '')] as const,
  );
  for (const [name, texts] of filled) {
    if (!JOB_PARAMETERS.includes(name)) {
      const nearest = nearestName(name, JOB_PARAMETERS);
      const hint =
        nearest === undefined ? `There are ${JOB_PARAMETERS.join(', ')}.` : `Did you mean ${nearest}?`;
      throw new BadQuery(`There is no parameter ${JSON.stringify(name)}. ${hint}`);
    }
    if (texts.length > MOST_VALUES) throw new BadQuery(`${name} is given more than ${MOST_VALUES} times.`);
  }
  return new Map(filled.filter(([, texts]) => texts.length > 0));
}

function singlesOf(given: ReadonlyMap<string, readonly string[]>): Single {
  const singles = SINGLE.flatMap((name) => {
    const [text, another] = given.get(name) ?? [];
    if (another !== undefined) throw new BadQuery(`${name} may be given once only.`);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(singles);
}

function filtersOf(given: ReadonlyMap<string, readonly string[]>): JobFilters {
  for (const text of given.get('conclusion') ?? []) oneOf('conclusion', text, CONCLUSIONS);
  for (const text of given.get('repository') ?? [])
    if (!/^[^/\s*]+\/(\*|[^/\s*]+)$/.test(text))
      throw new BadQuery('repository must be owner/name, or owner/*.');
  const filters = Object.entries(FILTERS).map(([name, filter]) => [filter, given.get(name) ?? []]);
  return Object.fromEntries(filters) as unknown as JobFilters;
}

function statusesOf(texts: readonly string[], asksForEnds: boolean): readonly Status[] {
  const statuses = [...new Set(texts.map((text) => oneOf('status', text, STATUSES)))];
  if (statuses.length === 0)
    return asksForEnds ? ['completed'] : STATUSES.filter((status) => status !== 'completed');
  if (statuses.length > 1 && statuses.includes('completed'))
    throw new BadQuery('status=completed must be asked for by itself: completed jobs have a window of time.');
  return statuses;
}

function windowOf({ from, to }: Single, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const toMs = to === undefined ? nowMs : timeParameter('to', to, nowMs);
  const fromMs = from === undefined ? toMs - DEFAULT_WINDOW_MS : timeParameter('from', from, nowMs);
  if (fromMs >= toMs) throw new BadQuery('from must be before to.');
  return { fromMs, toMs };
}

function timeParameter(name: string, text: string, nowMs: number): number {
  const ms = parseTime(text, nowMs);
  if (ms === null)
    throw new BadQuery(
      `${name} must be a time such as 2026-11-28T12:00:00Z, seconds since 1970, or how long ago: -7d, -12h, -30m.`,
    );
  return ms;
}

function orderOf(sort: string | undefined, isEnded: boolean): Pick<JobQuery, 'order' | 'isDescending'> {
  const text = sort ?? (isEnded ? '-completed_at' : '-waiting_seconds');
  const isDescending = text.startsWith('-');
  const name = oneOf(
    'sort',
    isDescending ? text.slice(1) : text,
    Object.keys(SORTS),
    ', with - in front for descending',
  );
  const order = SORTS[name] ?? 'created';
  if (isEnded && order === 'waiting')
    throw new BadQuery(
      'sort=waiting_seconds is for jobs that are not over. Completed ones have queue_seconds.',
    );
  if (!isEnded && order === 'completed')
    throw new BadQuery('sort=completed_at is for completed jobs: ask for status=completed.');
  return { order, isDescending };
}

function isStaleOf(text: string | undefined, isEnded: boolean): boolean {
  if (text === undefined) return false;
  const isStale = oneOf('stale', text, ['true', 'false']) === 'true';
  if (isStale && isEnded) throw new BadQuery('stale=true is for jobs that are not over.');
  return isStale;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST) throw new BadQuery(`limit must be a number from 1 to ${MOST}.`);
  return limit;
}

/** Where the next page begins, as the response says. It is only valid for the same sort order. */
export function cursorOf(
  { valueMs, jobId }: JobPlace,
  { order, isDescending }: Pick<JobQuery, 'order' | 'isDescending'>,
): string {
  return Buffer.from(JSON.stringify([order, isDescending, valueMs, jobId])).toString('base64url');
}

function placeOf(
  cursor: string | undefined,
  { order, isDescending }: Pick<JobQuery, 'order' | 'isDescending'>,
): JobPlace | null {
  if (cursor === undefined) return null;
  const [ofOrder, ofDirection, valueMs, jobId] = parsed(Buffer.from(cursor, 'base64url').toString());
  const isValue = valueMs === null || Number.isSafeInteger(valueMs);
  if (!isValue || !Number.isSafeInteger(jobId))
    throw new BadQuery('cursor must be one from an earlier answer.');
  if (ofOrder !== order || ofDirection !== isDescending)
    throw new BadQuery('cursor belongs to another sort order: start again without it.');
  return { valueMs: valueMs as number | null, jobId: jobId as number };
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[], more = ''): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  const nearest = nearestName(text, known);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new BadQuery(`${name} must be one of ${known.join(', ')}${more}.${hint}`);
}
