import type { DatabaseSync } from 'node:sqlite';
import { foldedLabels } from '../../domain/label-patterns.ts';
import { labelValue } from '../../domain/label-value.ts';
import { runBeganAtMs, runStaleAfterMs } from '../../domain/lifecycle/stale.ts';
import { type RunState, runKey } from '../../domain/lifecycle/state.ts';
import type { AttemptKey, HistoryFilters, OpenRun, QuestionMoment } from '../../domain/queries.ts';
import type { RunTable } from './runs.ts';

/** The runs that are not over, as `HistoryReader.openRuns`. */
export function readOpenRuns(
  runs: Pick<RunTable, 'open'>,
  filters: HistoryFilters,
  { nowMs, labelPatterns }: Pick<QuestionMoment, 'nowMs' | 'labelPatterns'>,
): OpenRun[] {
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
  return runs
    .open()
    .filter(fits)
    .map((run) => ({ run, beganAtMs: runBeganAtMs(run), isStale: runStaleAfterMs(run) < nowMs }));
}

/** The clocks of GitHub's parts differ by a few seconds. What began before was carried over. */
const CLOCK_SKEW_MS = 5000;

/** As `HistoryReader.runQueues`. */
export function readRunQueues(
  database: DatabaseSync,
  attempts: readonly AttemptKey[],
): ReadonlyMap<string, number> {
  const queues = readEach(
    database,
    `SELECT MIN(jobs.started_at_ms) - run_started_at_ms AS value
    FROM runs JOIN jobs ON jobs.run_id = runs.run_id AND jobs.run_attempt = runs.run_attempt
    WHERE runs.run_id = ? AND runs.run_attempt = ? AND is_job = 1 AND has_started = 1
      AND started_at_ms >= run_started_at_ms - ${CLOCK_SKEW_MS}
    GROUP BY run_started_at_ms`,
    attempts,
  );
  return new Map(Array.from(queues, ([key, queueMs]) => [key, Math.max(0, queueMs)]));
}

/** As `HistoryReader.runCreations`. */
export function readRunCreations(
  database: DatabaseSync,
  attempts: readonly AttemptKey[],
): ReadonlyMap<string, number> {
  const sql = 'SELECT created_at_ms AS value FROM runs WHERE run_id = ? AND run_attempt = ?';
  return readEach(database, sql, attempts);
}

/** The value of each attempt, by `runKey`; null is left out. */
function readEach(
  database: DatabaseSync,
  sql: string,
  attempts: readonly AttemptKey[],
): ReadonlyMap<string, number> {
  const select = database.prepare(sql);
  const values = new Map<string, number>();
  for (const attempt of attempts) {
    const value = select.get(attempt.runId, attempt.runAttempt)?.['value'];
    if (typeof value === 'number') values.set(runKey(attempt), value);
  }
  return values;
}
