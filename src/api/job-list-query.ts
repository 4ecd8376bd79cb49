import type { JobOrder, JobPlace, JobQuery } from '../domain/job-list.ts';
import type { Status } from '../domain/observation.ts';
import { parsed } from './read-api/cursor.ts';
import { filtersOf } from './read-api/filters.ts';
import { BadQuery, type Given, readValues, type Values } from './read-api/parameters.ts';
import { windowOf } from './read-api/window.ts';

/*
 * The query that the parameters of `/api/v1/jobs` describe.
 */

const ACTIVE: readonly Status[] = ['requested', 'queued', 'pending', 'waiting', 'in_progress'];
const ORDERS: Readonly<Record<string, JobOrder>> = {
  created_at: 'created',
  completed_at: 'completed',
  waiting_seconds: 'waiting',
  queue_seconds: 'queue',
  duration_seconds: 'duration',
};

/**
 * Without a status, it selects jobs that are not completed, or, with `conclusion`, `from` or `to`, those that
 * are. Throws `BadQuery`.
 */
export function jobQueryOf(given: Given, nowMs: number): JobQuery {
  const values = readValues('jobs', given);
  const filters = filtersOf(values);
  const statuses = statusesOf(values);
  const isEnded = statuses.includes('completed');
  const [forEnded] = endParametersOf(values);
  if (!isEnded && forEnded !== undefined)
    throw new BadQuery(`${forEnded} is for completed jobs: leave it out, or ask for status=completed.`);
  if (values.stale && isEnded) throw new BadQuery('stale=true is for jobs that are not completed.');
  const order = orderOf(values, isEnded);
  return {
    ...filters,
    ...order,
    statuses,
    window: isEnded ? windowOf(values, nowMs) : null,
    isStale: values.stale,
    limit: values.limit,
    after: placeOf(values.cursor, order),
  };
}

type JobValues = Values<'jobs'>;

/** The parameters given that ask for completed jobs. */
function endParametersOf({ from, to, conclusion }: JobValues): readonly string[] {
  return Object.entries({ from, to, conclusion: conclusion[0] }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
}

function statusesOf(values: JobValues): readonly Status[] {
  const { status } = values;
  if (status.length === 0) return endParametersOf(values).length > 0 ? ['completed'] : ACTIVE;
  if (status.length > 1 && status.includes('completed'))
    throw new BadQuery('status=completed must be asked for by itself: completed jobs have a window of time.');
  return status;
}

function orderOf({ sort }: JobValues, isEnded: boolean): Pick<JobQuery, 'order' | 'isDescending'> {
  const text = sort ?? (isEnded ? '-completed_at' : '-waiting_seconds');
  const isDescending = text.startsWith('-');
  const order = ORDERS[isDescending ? text.slice(1) : text] ?? 'created';
  if (isEnded && order === 'waiting')
    throw new BadQuery(
      'sort=waiting_seconds is for jobs that are not completed. Completed ones have queue_seconds.',
    );
  if (!isEnded && order === 'completed')
    throw new BadQuery('sort=completed_at is for completed jobs: ask for status=completed.');
  return { order, isDescending };
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
