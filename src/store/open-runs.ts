import { foldedLabels } from '../domain/label-patterns.ts';
import { labelValue } from '../domain/label-value.ts';
import { runBeganAtMs, runStaleAfterMs } from '../domain/lifecycle/stale.ts';
import { type RunState, runKey } from '../domain/lifecycle/state.ts';
import type { AttemptKey, HistoryFilters, OpenRun, QuestionMoment } from '../domain/queries.ts';
import type { SqlReader, StateReading } from './sql-reader.ts';

/** The runs that are not over, as `HistoryReader.openRuns`. */
export async function readOpenRuns(
  runs: Pick<StateReading['runs'], 'open'>,
  filters: HistoryFilters,
  { nowMs, labelPatterns }: Pick<QuestionMoment, 'nowMs' | 'labelPatterns'>,
): Promise<OpenRun[]> {
  const among = (asked: readonly string[], values: readonly string[]) =>
    asked.length === 0 || values.some((value) => asked.includes(value));
  const ownerOf = (repository: string) => `${repository.split('/')[0]}/*`;
  const fits = ({ repository, workflow, branch, event }: RunState) => {
    const label = [labelValue(workflow)];
    return (
      among(filters.repository, [repository, ownerOf(repository)]) &&
      among(filters.workflow, [...label, ...foldedLabels(labelPatterns, ['workflow'], label)]) &&
      among(filters.branch, [branch]) &&
      among(filters.event, [event])
    );
  };
  return (await runs.open())
    .filter(fits)
    .map((run) => ({ run, beganAtMs: runBeganAtMs(run), isStale: runStaleAfterMs(run) < nowMs }));
}

/** The clocks of GitHub's parts differ by a few seconds. What began before was carried over. */
const CLOCK_SKEW_MS = 5000;

const ITS_RUN = `runs.run_id = CAST(asked.value ->> 0 AS BIGINT)
  AND runs.run_attempt = CAST(asked.value ->> 1 AS INTEGER)`;

/** As `HistoryReader.runQueues`. */
export async function readRunQueues(
  sql: SqlReader,
  attempts: readonly AttemptKey[],
): Promise<ReadonlyMap<string, number>> {
  const queues = await readEach(
    sql,
    `SELECT runs.run_id, runs.run_attempt,
      COALESCE(MIN(runs.queue_ms), MIN(jobs.started_at_ms) - MIN(run_started_at_ms))
    FROM ${sql.keys} AS asked JOIN runs ON ${ITS_RUN}
      JOIN jobs ON jobs.run_id = runs.run_id AND jobs.run_attempt = runs.run_attempt
    WHERE is_job = 1 AND has_started = 1 AND started_at_ms >= run_started_at_ms - ${CLOCK_SKEW_MS}
    GROUP BY runs.run_id, runs.run_attempt`,
    attempts,
  );
  return new Map(Array.from(queues, ([key, queueMs]) => [key, Math.max(0, queueMs)]));
}

/** As `HistoryReader.runCreations`. */
export function readRunCreations(
  sql: SqlReader,
  attempts: readonly AttemptKey[],
): Promise<ReadonlyMap<string, number>> {
  return readEach(
    sql,
    `SELECT runs.run_id, runs.run_attempt, created_at_ms FROM ${sql.keys} AS asked JOIN runs ON ${ITS_RUN}`,
    attempts,
  );
}

type ValueRow = readonly [runId: number, runAttempt: number, value: number | null];

/** The value of each attempt, by `runKey`; null is left out. */
async function readEach(
  sql: SqlReader,
  select: string,
  attempts: readonly AttemptKey[],
): Promise<ReadonlyMap<string, number>> {
  const keys = JSON.stringify(attempts.map(({ runId, runAttempt }) => [runId, runAttempt]));
  const values = new Map<string, number>();
  for (const [runId, runAttempt, value] of await sql.arrays<ValueRow>(select, { keys }))
    if (value !== null) values.set(runKey({ runId, runAttempt }), value);
  return values;
}
