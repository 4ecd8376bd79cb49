import type { ListQuery } from '../domain/list-query.ts';
import type { Conditions } from './job-filters.ts';
import type { SqlReader, SqlValues } from './sql-reader.ts';

/*
 * The rows that a list of jobs has to look at, in parts of about two thousand, each of which an index finds:
 * so no statement takes long, and other work of the thread goes on in between.
 */

const SLICE = 2000;

/** Those that ended last come first, unless the order is the other way round. */
export function slicesOf(sql: SqlReader, query: ListQuery): AsyncIterable<Conditions> {
  if (query.window === null) return openSlices(sql, query.statuses);
  const isRising = query.order === 'completed' && !query.isDescending;
  return isRising ? risingSlices(sql, query.window) : fallingSlices(sql, query.window);
}

/** Of completed jobs each execution once, as they are counted. */
const ENDED = `status = 'completed' AND completion_counted = 1 AND completed_at_ms >= :fromMs AND completed_at_ms < :toMs`;

async function* fallingSlices(
  sql: SqlReader,
  { fromMs, toMs }: NonNullable<ListQuery['window']>,
): AsyncGenerator<Conditions> {
  const edge = `SELECT completed_at_ms AS edge FROM jobs WHERE ${ENDED} ORDER BY completed_at_ms DESC LIMIT 1 OFFSET ${SLICE}`;
  for (let beforeMs = toMs; ; ) {
    const found = await edgeOf(sql, edge, { fromMs, toMs: beforeMs });
    const startMs = found !== undefined ? found : fromMs;
    yield { sql: ENDED, values: { fromMs: startMs, toMs: beforeMs } };
    if (found === undefined) return;
    beforeMs = startMs;
  }
}

async function* risingSlices(
  sql: SqlReader,
  { fromMs, toMs }: NonNullable<ListQuery['window']>,
): AsyncGenerator<Conditions> {
  const edge = `SELECT completed_at_ms AS edge FROM jobs WHERE ${ENDED} ORDER BY completed_at_ms LIMIT 1 OFFSET ${SLICE}`;
  for (let startMs = fromMs; ; ) {
    const found = await edgeOf(sql, edge, { fromMs: startMs, toMs });
    const beforeMs = found !== undefined ? found + 1 : toMs;
    yield { sql: ENDED, values: { fromMs: startMs, toMs: beforeMs } };
    if (found === undefined) return;
    startMs = beforeMs;
  }
}

// The index is one of what is not completed, which has to be said in its words.
const OPEN = `status = :status AND status <> 'completed' AND job_id > :afterId`;

async function* openSlices(sql: SqlReader, statuses: readonly string[]): AsyncGenerator<Conditions> {
  const edge = `SELECT job_id AS edge FROM jobs WHERE ${OPEN} ORDER BY job_id LIMIT 1 OFFSET ${SLICE}`;
  for (const status of statuses) {
    for (let afterId = 0; ; ) {
      const found = await edgeOf(sql, edge, { status, afterId });
      const lastId = found !== undefined ? found : Number.MAX_SAFE_INTEGER;
      yield { sql: `${OPEN} AND job_id <= :lastId`, values: { status, afterId, lastId } };
      if (found === undefined) break;
      afterId = lastId;
    }
  }
}

async function edgeOf(sql: SqlReader, select: string, values: SqlValues): Promise<number | undefined> {
  const [row] = await sql.arrays<[number]>(select, values);
  return row?.[0];
}
