import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, Job } from '../../simulator/model.ts';
import { pastWorld, runsOf } from '../../simulator/world.ts';
import { job as jobState } from '../../test/fixtures/states.ts';
import { criticalPath } from './critical-path.ts';

const HOUR_MS = 3_600_000;

/** Attempts in which nothing waited for a person. */
function attempts(): Attempt[] {
  const world = pastWorld({
    seed: 'paths',
    runs: 300,
    inFlight: 0,
    endMs: 1000 * HOUR_MS,
    spanMs: 60 * HOUR_MS,
  });
  return [...runsOf(world)].flatMap((run) => run.attempts);
}

test('in a simulated world, each job on the path needs the one before it', () => {
  let longest = 0;
  for (const { jobs } of attempts()) {
    const own = jobs.filter(({ kind, carriedOver }) => kind !== 'check_run' && !carriedOver);
    const path = pathOf(own);
    for (const [index, after] of path.slice(1).entries()) {
      const before = path[index];
      assert.ok(
        after.plan?.needs?.includes(before?.plan?.name ?? ''),
        `${after.name} (${after.createdMs}) needs ${after.plan?.needs}, not ${before?.name}`,
      );
    }
    longest = Math.max(longest, path.length);
  }
  assert.ok(longest > 2, 'a world with jobs that need others');
});

/** In the order of time. */
function pathOf(jobs: readonly Job[]): Job[] {
  const states = jobs.map((job) =>
    jobState({
      ...{ jobId: job.id, status: 'completed', hasStarted: job.kind === 'ran' },
      ...{ createdAtMs: job.createdMs, startedAtMs: job.startedMs, completedAtMs: job.completedMs },
    }),
  );
  const path = criticalPath(states);
  return jobs.filter(({ id }) => path.has(id)).sort((a, b) => a.createdMs - b.createdMs);
}
