import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { jobBody } from '../simulator/rest/run-body.ts';
import { truthOf, truthOfRuns } from '../simulator/truth.ts';
import { pastWorld, runsOf, type World } from '../simulator/world.ts';
import type { Delivery } from '../src/domain/delivery.ts';
import { objectOf } from '../src/github/fields.ts';
import { jobDelivery } from '../src/github/rest-deliveries.ts';
import { countedAtOnce } from './counted-at-once.ts';
import { deliveryOf, openPipeline } from './pipeline.ts';
import { parseExposition, sumOf } from './samples.ts';

/*
 * How jobs end that no runner took, and those whose steps GitHub deleted, compared with what the simulator
 * knows of its world.
 */

const END_MS = Date.UTC(2026, 10, 20, 12);
const DAY_MS = 24 * 3_600_000;
const FAILURES = 'github_actions_job_failures_total';
const JOBS = 'github_actions_jobs_total';

function worldOf(seed: string): World {
  return pastWorld({ seed, runs: 400, inFlight: 0.05, endMs: END_MS, spanMs: 12 * 3_600_000, refusals: 0.4 });
}

async function shown(deliveries: readonly Delivery[], nowMs: number): Promise<string> {
  await using pipeline = await openPipeline({ clock: { nowMs } });
  await pipeline.accept(deliveries);
  await pipeline.settle();
  return pipeline.text();
}

test('a world with refused gates and groups without runners is shown correctly, in any order', async () => {
  const world = worldOf('refusals');
  const sent = Array.from(deliveriesOf(world), ({ guid, event, body }) => ({ guid, event, body: body() }));
  const truth = parseExposition(truthOf(world));
  assert.ok(sumOf(truth, FAILURES, { cause: 'rejected' }) > 10);
  assert.ok(sumOf(truth, JOBS, { runs_on: 'none', conclusion: 'failure' }) > 0);
  const inTime = sent.map((each) => deliveryOf(each, END_MS));
  for (const order of [inTime, inTime.toReversed()]) {
    const samples = parseExposition(await shown(order, END_MS));
    assert.deepEqual(countedAtOnce(samples), countedAtOnce(truth));
  }
});

test('lists of a long finished world have no steps: why a job failed on its runner is unknown', async () => {
  const world = worldOf('long ago');
  const nowMs = END_MS + 100 * DAY_MS;
  const listed = listedJobs(world, nowMs).map(({ job, repository }) =>
    jobDelivery(job, { repository, workflows: new Map() }, nowMs),
  );
  const samples = parseExposition(
    await shown(
      listed.filter((each) => each !== null),
      nowMs,
    ),
  );
  const truth = parseExposition(truthOfRuns(runsOf(world), nowMs, nowMs));
  const onRunner =
    sumOf(truth, FAILURES, { cause: 'step' }) + sumOf(truth, FAILURES, { cause: 'runner_lost' });
  assert.ok(onRunner > 20);
  assert.equal(sumOf(samples, FAILURES, { cause: 'unknown' }), onRunner);
  assert.equal(
    sumOf(samples, FAILURES, { cause: 'step' }) + sumOf(samples, FAILURES, { cause: 'runner_lost' }),
    0,
  );
  assert.equal(sumOf(samples, FAILURES, { cause: 'timeout' }), sumOf(truth, FAILURES, { cause: 'timeout' }));
});

function listedJobs(world: World, nowMs: number) {
  return [...runsOf(world)].flatMap((run) =>
    run.attempts.flatMap((attempt) =>
      attempt.jobs.flatMap((job) => {
        const body = objectOf(jobBody(run, attempt, job, nowMs));
        const repository = { full_name: run.repository.fullName, private: run.repository.private };
        return body === null ? [] : [{ job: body, repository }];
      }),
    ),
  );
}
