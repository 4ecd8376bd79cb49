import { isJobCounter } from '../../domain/job-numbers.ts';
import type { JobNumber } from '../../domain/observation.ts';
import { parseStored } from '../stored-json.ts';
import type { Session } from './session.ts';
import { type Statement, statement } from './statement.ts';

const VALUES = `
  INSERT INTO job_numbers AS held (metric, labels, value, at_ms)
  SELECT * FROM unnest($1::text[], $2::text[], $3::float8[], $4::bigint[])
  ON CONFLICT (metric, hash) DO UPDATE SET`;
const COUNT = statement(
  `${VALUES} value = held.value + excluded.value, at_ms = GREATEST(held.at_ms, excluded.at_ms)`,
);
const PUT = statement(
  `${VALUES} value = excluded.value, at_ms = excluded.at_ms WHERE excluded.at_ms >= held.at_ms`,
);
const ALL = statement('SELECT metric, labels, value, at_ms AS "atMs" FROM job_numbers');
/** Servers with settings of old times round to 15 digits. */
const ALL_DIGITS = statement(`SELECT set_config('extra_float_digits', '1', true)`);
/** By the key, which has the hash of the labels in their place. */
const REMOVE = statement(
  `DELETE FROM job_numbers USING unnest($1::text[], $2::text[]) AS removed (metric, labels)
   WHERE job_numbers.metric = removed.metric
     AND hash = sha256(replace(removed.labels, chr(92), chr(92) || chr(92))::bytea)`,
);

type Labelled = Pick<JobNumber, 'metric' | 'labels'>;

/** Adds to counters what jobs pushed; of a gauge the latest is kept. */
export function addJobNumbers(session: Session, numbers: readonly JobNumber[]): void {
  send(
    session,
    COUNT,
    numbers.filter(({ metric }) => isJobCounter(metric)),
  );
  send(
    session,
    PUT,
    numbers.filter(({ metric }) => !isJobCounter(metric)),
  );
}

export function removeJobNumbers(session: Session, series: readonly Labelled[]): void {
  if (series.length > 0) session.send(REMOVE, namesOf(series));
}

/** In a transaction. */
export async function readJobNumbers(session: Session): Promise<JobNumber[]> {
  session.send(ALL_DIGITS);
  const rows = await session.rows<Omit<JobNumber, 'labels'> & { readonly labels: string }>(ALL);
  return rows.map((row) => ({ ...row, labels: parseStored<string[]>(row.labels, 'job_numbers') }));
}

/**
 * A statement can't change a row twice. What is told again goes into a second one: added up before, the sum might be
 * rounded in another way than in memory.
 */
function send(session: Session, statement: Statement, numbers: readonly JobNumber[]): void {
  const once = new Map<string, JobNumber>();
  const again: JobNumber[] = [];
  for (const number of numbers) {
    const key = JSON.stringify([number.metric, number.labels]);
    if (once.has(key)) again.push(number);
    else once.set(key, number);
  }
  if (once.size === 0) return;
  const first = [...once.values()];
  session.send(statement, [
    ...namesOf(first),
    first.map(({ value }) => value),
    first.map(({ atMs }) => atMs),
  ]);
  send(session, statement, again);
}

function namesOf(series: readonly Labelled[]): readonly [string[], string[]] {
  return [series.map(({ metric }) => metric), series.map(({ labels }) => JSON.stringify(labels))];
}
