import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run, RunJob } from '../../../src/domain/openapi-types.ts';
import { stepTimes } from './step-times.ts';

const BEGIN = Date.UTC(2026, 10, 29, 4);
const at = (seconds: number) => new Date(BEGIN + seconds * 1000).toISOString();

/** A run whose only job has these steps; null: it was skipped. */
function run(id: number, steps: Readonly<Record<string, number | null>>, carried_over = false): Run {
  const job = {
    ...{ run_id: id, job_id: id * 10, job_name: 'test', carried_over, completed_at: at(1000) },
    steps: Object.entries(steps).map(([name, seconds], number) => ({
      ...{ number, name, conclusion: seconds === null ? 'skipped' : 'success' },
      ...{ started_at: at(0), completed_at: at(seconds ?? 0) },
    })),
  };
  return { jobs: [job as Partial<RunJob> as RunJob] } as Partial<Run> as Run;
}

test('steps by their medians, each with the run in which it took longest', () => {
  const runs = [run(1, { build: 10, test: 20 }), run(2, { build: 90, test: 21 }), run(3, { build: 11 })];
  assert.deepEqual(stepTimes(runs), [
    { jobName: 'test', step: 'test', count: 2, median: 20, longest: 21, runId: 2, jobId: 20 },
    { jobName: 'test', step: 'build', count: 3, median: 11, longest: 90, runId: 2, jobId: 20 },
  ]);
});

test('steps that were skipped, and jobs that did not run again, have no times', () => {
  assert.deepEqual(stepTimes([run(1, { deploy: null }), run(2, { build: 5 }, true)]), []);
});
