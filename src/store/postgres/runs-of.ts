import type { RunsOf } from '../packed-filter.ts';
import { ATTEMPTS, MOST_RUNS, RunKeys } from '../run-keys.ts';
import type { Session } from './session.ts';
import { storable } from './sql-reader.ts';
import { statement } from './statement.ts';

const BY_BRANCH = runsStatement('branch = ANY ($1::text[])');
const BY_EVENT = runsStatement('event = ANY ($1::text[])');
const BY_BOTH = runsStatement('branch = ANY ($1::text[]) AND event = ANY ($2::text[])');

/** All in one text: a row for each takes several times as long. */
function runsStatement(condition: string) {
  return statement(
    `SELECT COUNT(*), string_agg((run_id * ${ATTEMPTS} + run_attempt)::text, ',')
     FROM (SELECT run_id, run_attempt FROM runs WHERE ${condition} LIMIT ${MOST_RUNS + 1}) AS found`,
  );
}

/** For one question: it asks for the runs of a filter once, however many kinds of facts it reads. */
export function openRunsOf(session: Session): RunsOf {
  const known = new Map<string, Promise<RunKeys | null>>();
  return ({ branch, event }) => {
    const key = JSON.stringify([branch, event]);
    const runs = known.get(key) ?? readRuns(session, branch.map(storable), event.map(storable));
    known.set(key, runs);
    return runs;
  };
}

async function readRuns(
  session: Session,
  branch: readonly string[],
  event: readonly string[],
): Promise<RunKeys | null> {
  const select = event.length === 0 ? BY_BRANCH : branch.length === 0 ? BY_EVENT : BY_BOTH;
  const values = [branch, event].filter(({ length }) => length > 0);
  const [[count, keys] = [0, null]] = await session.arrays<[number, string | null]>(select, values);
  if (count > MOST_RUNS) return null;
  const found = new RunKeys(count);
  for (const key of JSON.parse(`[${keys ?? ''}]`)) found.add(key);
  return found;
}
