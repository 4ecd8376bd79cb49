import assert from 'node:assert/strict';
import type { JobLoad } from './job-load.ts';
import { linesOf, type Samples, sumOf, withoutZeros } from './samples.ts';

/** The repository or workflow of the load's expected lines. */
const LOAD_METRICS = new Set([
  'github_actions_jobs_total',
  'github_actions_job_duration_seconds',
  'github_actions_job_queue_seconds',
]);

/** Every accepted delivery is processed, and the numbers are exactly those of all jobs of the load. */
export function expectEachCountedOnce(samples: Samples, load: JobLoad): void {
  // Buckets are left out: count and sum show whether an observation is missing or counted twice.
  const lines = linesOf(samples, 'github_actions_', LOAD_METRICS).filter(
    (line) => !line.includes('_bucket{'),
  );
  assert.deepEqual(withoutZeros(lines), load.expectedLines());
  assert.equal(sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' }), load.accepted);
  for (const state of ['pending', 'retrying', 'parked']) {
    assert.equal(sumOf(samples, 'ant_watcher_queue_deliveries', { state }), 0, state);
  }
}
