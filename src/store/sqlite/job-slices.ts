import type { DatabaseSync } from 'node:sqlite';
import type { ListQuery } from '../../domain/list-query.ts';
import type { Conditions } from './job-filters.ts';

/*
 * The rows that a list of jobs has to look at, in parts of about two thousand, each of which an index finds:
 * so no statement takes long, and other work of the thread goes on in between.
 */

const SLICE = 2000;

/** Those that ended last come first, unless the order is the other way round. */
export function slicesOf(database: DatabaseSync, query: ListQuery): Iterable<Conditions> {
  if (query.window === null) return openSlices(database, query.statuses);
  const isRising = query.order === 'completed' && !query.isDescending;
  return isRising ? risingSlices(database, query.window) : fallingSlices(database, query.window);
}

/** Of completed jobs each execution once, as they are counted. */
const ENDED = `status = 'completed' AND completion_counted = 1 AND completed_at_ms >= :fromMs AND completed_at_ms < :toMs`;

function* fallingSlices(
  database: DatabaseSync,
  { fromMs, toMs }: NonNullable<ListQuery['window']>,
): Generator<Conditions> {
  const edge = database.prepare(
    `SELECT completed_at_ms AS edge FROM jobs WHERE ${ENDED} ORDER BY completed_at_ms DESC LIMIT 1 OFFSET ${SLICE}`,
  );
  for (let beforeMs = toMs; ; ) {
    const found = edge.get({ fromMs, toMs: beforeMs })?.['edge'];
    const startMs = typeof found === 'number' ? found : fromMs;
    yield { sql: ENDED, values: { fromMs: startMs, toMs: beforeMs } };
    if (found === undefined) return;
    beforeMs = startMs;
  }
}

function* risingSlices(
  database: DatabaseSync,
  { fromMs, toMs }: NonNullable<ListQuery['window']>,
): Generator<Conditions> {
  const edge = database.prepare(
    `SELECT completed_at_ms AS edge FROM jobs WHERE ${ENDED} ORDER BY completed_at_ms LIMIT 1 OFFSET ${SLICE}`,
  );
  for (let startMs = fromMs; ; ) {
    const found = edge.get({ fromMs: startMs, toMs })?.['edge'];
    const beforeMs = typeof found === 'number' ? found + 1 : toMs;
    yield { sql: ENDED, values: { fromMs: startMs, toMs: beforeMs } };
    if (found === undefined) return;
    startMs = beforeMs;
  }
}

// The index is one of what is not completed, which has to be said in its words.
const OPEN = `status = :status AND status <> 'completed' AND job_id > :afterId`;

function* openSlices(database: DatabaseSync, statuses: readonly string[]): Generator<Conditions> {
  const edge = database.prepare(
    `SELECT job_id AS edge FROM jobs WHERE ${OPEN} ORDER BY job_id LIMIT 1 OFFSET ${SLICE}`,
  );
  for (const status of statuses) {
    for (let afterId = 0; ; ) {
      const found = edge.get({ status, afterId })?.['edge'];
      const lastId = typeof found === 'number' ? found : Number.MAX_SAFE_INTEGER;
      yield { sql: `${OPEN} AND job_id <= :lastId`, values: { status, afterId, lastId } };
      if (found === undefined) break;
      afterId = lastId;
    }
  }
}
