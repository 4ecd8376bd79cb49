import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { labelText } from '../src/domain/label-text.ts';
import { parseExposition } from './samples.ts';

/*
 * What counters say, summed up from the history, with ordinary SQL as people may write it.
 */

/** For each sample of a counter, the view and the sum that it must equal. Labels are the columns of the same names. */
const SUMS = [
  ['jobs_total', 'finished_jobs', 'repository workflow job_name runs_on conclusion', 'COUNT(*)'],
  [
    'job_duration_seconds_count',
    'finished_jobs',
    'repository workflow job_name conclusion',
    'COUNT(duration_ms)',
  ],
  [
    'job_duration_seconds_sum',
    'finished_jobs',
    'repository workflow job_name conclusion',
    'SUM(duration_ms) / 1000.0',
  ],
  ['job_queue_seconds_count', 'started_jobs', 'repository workflow runs_on', 'COUNT(*)'],
  ['job_queue_seconds_sum', 'started_jobs', 'repository workflow runs_on', 'SUM(queue_ms) / 1000.0'],
  [
    'runner_busy_seconds_total',
    'finished_jobs',
    'repository runs_on runner_group',
    'SUM(duration_ms) / 1000.0',
  ],
  ['billed_seconds_total', 'finished_jobs', 'repository workflow sku', 'SUM(billed_seconds)'],
  ['cost_dollars_total', 'finished_jobs', 'repository workflow sku', 'SUM(micro_dollars) / 1e6'],
  ['unpriced_seconds_total', 'finished_jobs', 'repository workflow runs_on', 'SUM(unpriced_seconds)'],
  ['wasted_seconds_total', 'finished_jobs', 'repository workflow wasted', 'SUM(duration_ms) / 1000.0'],
  ['wasted_dollars_total', 'finished_jobs', 'repository workflow wasted', 'SUM(micro_dollars) / 1e6'],
  ['job_failures_total', 'failed_jobs', 'repository workflow job_name cause', 'COUNT(*)'],
  ['job_failure_reasons_total', 'explained_jobs', 'repository workflow job_name reason', 'COUNT(*)'],
  ['flaky_jobs_total', 'flaky_jobs', 'repository workflow job_name', 'SUM(times)'],
  ['runs_total', 'finished_runs', 'repository workflow event branch conclusion', 'COUNT(*)'],
  [
    'run_duration_seconds_count',
    'finished_runs',
    'repository workflow branch conclusion',
    'COUNT(duration_ms)',
  ],
  [
    'run_duration_seconds_sum',
    'finished_runs',
    'repository workflow branch conclusion',
    'SUM(duration_ms) / 1000.0',
  ],
] as const;

/** Asserts that the history in the database file, which nobody has open, adds up to this exposition. */
export function assertHistoryAddsUp(path: string, exposition: string): void {
  using database = new DatabaseSync(path, { readOnly: true });
  const metrics = new Set(SUMS.map(([metric]) => `github_actions_${metric}`));
  const counted = [...parseExposition(exposition)]
    .filter(([key, value]) => value !== 0 && metrics.has(key.replace(/\{.*/, '')))
    .map(([key, value]) => `${key} ${value}`);
  assert.deepEqual(SUMS.flatMap((sum) => linesOf(database, sum)).sort(), counted.sort());
}

function linesOf(database: DatabaseSync, [metric, view, columns, sum]: (typeof SUMS)[number]): string[] {
  const labels = columns.split(' ');
  const rows = database
    .prepare(`SELECT ${labels.join(', ')}, ${sum} AS value FROM ${view} GROUP BY ${labels.join(', ')}`)
    .all();
  return rows.flatMap((row) => {
    const values = labels.map((label) => (row[label] === null ? '' : String(row[label])));
    const text = labelText(labels, values).replace('wasted=', 'reason=');
    const value = Number(row['value']);
    return value === 0 || row['sku'] === null || row['wasted'] === null
      ? []
      : [`github_actions_${metric}{${text}} ${value}`];
  });
}
