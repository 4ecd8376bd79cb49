import type { ListOrder, ListPlace, ListQuery } from '../../domain/list-query.ts';
import type { Status } from '../../domain/observation.ts';
import { parsed } from './cursor.ts';
import { filtersOf } from './filters.ts';
import { BadQuery, type Values } from './parameters.ts';
import { windowOf } from './window.ts';

/*
 * The query that the parameters of `/api/v1/jobs` or `/api/v1/runs` describe.
 */

const ACTIVE: readonly Status[] = ['requested', 'queued', 'pending', 'waiting', 'in_progress'];
const ORDERS: Readonly<Record<string, ListOrder>> = {
  created_at: 'created',
  completed_at: 'completed',
  waiting_seconds: 'waiting',
  queue_seconds: 'queue',
  duration_seconds: 'duration',
};

type ListOperation = 'jobs' | 'runs';
type ListValues = Values<ListOperation>;

/**
 * Without a status, it selects what is not completed, or, with `conclusion`, `from` or `to`, what is. Throws
 * `BadQuery`.
 */
export function listQueryOf(operation: ListOperation, values: ListValues, nowMs: number): ListQuery {
  const statuses = statusesOf(operation, values);
  const isEnded = statuses.includes('completed');
  const [forEnded] = endParametersOf(values);
  if (!isEnded && forEnded !== undefined)
    throw new BadQuery(
      `${forEnded} is for completed ${operation}: leave it out, or ask for status=completed.`,
    );
  if (values.stale && isEnded) throw new BadQuery(`stale=true is for ${operation} that are not completed.`);
  const order = orderOf(operation, values, isEnded);
  return {
    ...filtersOf(values),
    ...order,
    sku: skusOf(values),
    statuses,
    window: isEnded ? windowOf(values, nowMs) : null,
    isStale: values.stale,
    limit: values.limit,
    after: placeOf(values.cursor, order),
  };
}

/** The parameters given that ask for what is completed. */
function endParametersOf(values: ListValues): readonly string[] {
  const { from, to, conclusion } = values;
  const [sku] = skusOf(values);
  return Object.entries({ from, to, conclusion: conclusion[0], sku }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
}

/** Runs have none. */
function skusOf({ sku = [] }: ListValues & Partial<Values<'jobs'>>): readonly string[] {
  return sku;
}

function statusesOf(operation: ListOperation, values: ListValues): readonly Status[] {
  const { status } = values;
  if (status.length === 0) return endParametersOf(values).length > 0 ? ['completed'] : ACTIVE;
  if (status.length > 1 && status.includes('completed'))
    throw new BadQuery(
      `status=completed must be asked for by itself: completed ${operation} have a window of time.`,
    );
  return status;
}

type Order = Pick<ListQuery, 'order' | 'isDescending'>;

function orderOf(operation: ListOperation, { sort }: ListValues, isEnded: boolean): Order {
  const text = sort ?? (isEnded ? '-completed_at' : '-waiting_seconds');
  const isDescending = text.startsWith('-');
  const order = ORDERS[isDescending ? text.slice(1) : text] ?? 'created';
  if (isEnded && order === 'waiting')
    throw new BadQuery(
      `sort=waiting_seconds is for ${operation} that are not completed. Completed ones have queue_seconds.`,
    );
  if (!isEnded && order === 'completed')
    throw new BadQuery(`sort=completed_at is for completed ${operation}: ask for status=completed.`);
  return { order, isDescending };
}

function placeOf(cursor: string | undefined, { order, isDescending }: Order): ListPlace | null {
  if (cursor === undefined) return null;
  const [ofOrder, ofDirection, valueMs, ...ids] = parsed(Buffer.from(cursor, 'base64url').toString());
  const isValue = valueMs === null || Number.isSafeInteger(valueMs);
  if (!isValue || ids.length === 0 || !ids.every(Number.isSafeInteger))
    throw new BadQuery('cursor must be one from an earlier answer.');
  if (ofOrder !== order || ofDirection !== isDescending)
    throw new BadQuery('cursor belongs to another sort order: start again without it.');
  return { valueMs: valueMs as number | null, ids: ids as number[] };
}
