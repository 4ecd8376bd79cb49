import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { jobBody, runBody } from '../../simulator/rest/run-body.ts';
import { liveRun } from '../../simulator/run-life.ts';
import { truthOf } from '../../simulator/truth.ts';
import type { World } from '../../simulator/world.ts';
import { labelsOf, parseExposition } from '../samples.ts';
import { DISPATCHES, letPass, openLossyGitHub, withoutGates, worldOf } from './lossy-github.ts';

/*
 * GitHub has no time for the end of a run: lists show its last change, which may be much later.
 */

const DURATION = 'github_actions_run_duration_seconds';
/** The ends of runs are in these, in buckets, and in no others. */
const LAST_RUN = 'github_actions_workflow_last_run_timestamp_seconds';
const OF_ENDS = [`${DURATION}_sum`, 'github_actions_workflow_last_success_timestamp_seconds'];
/** A change close to the end of the last job is taken as the end of the run. */
const NEAR_SECONDS = 60;

test('every finished run is changed after its end: lists give everything else exactly, and its end by its jobs', async (context) => {
  const world = withoutOpenEnds(withoutGates(worldOf('touched')));
  const limits = { pointsPerMinute: 100_000, perHour: 100_000 };
  await using lossy = await openLossyGitHub({ world, hooks: [], touched: 1, limits });
  await lossy.service.stop();
  letPass(lossy.service.folder, Date.now() - world.startMs);
  await lossy.service.start();
  let count = 0;
  const { lost } = await lossy.send(deliveriesOf(world), () => ++count % 3 === 0);
  const { samples, faults } = await lossy.whole([DISPATCHES, `${DURATION}_bucket`, LAST_RUN, ...OF_ENDS]);
  assert.deepEqual(faults, []);
  let [looked, most] = [0, 0];
  for (const [key, real] of parseExposition(truthOf(world))) {
    const { name, labels } = labelsOf(key);
    // What was cancelled before it had a job may have waited for an unknown time; the last run may be such a
    // one.
    if (!OF_ENDS.includes(name) || labels['conclusion'] === 'cancelled') continue;
    const runs = samples.get(key.replace('_sum{', '_count{')) || 1;
    const offSeconds = Math.abs((samples.get(key) ?? Number.NaN) - real) / (name.endsWith('_sum') ? runs : 1);
    assert.ok(offSeconds <= NEAR_SECONDS, `${key}: ${samples.get(key)}, really ${real}`);
    [looked, most] = [looked + 1, Math.max(most, offSeconds)];
  }
  context.diagnostic(`${lost} lost; ${looked} ends and sums of them are off by ${most} s at most`);
  assert.ok(looked > 20);
});

/**
 * The same world without runs that are completed while one of their jobs never is: nothing shows when they
 * ended.
 */
function withoutOpenEnds(world: World): World {
  const isOver = (object: object | undefined) =>
    object !== undefined && 'status' in object && object.status === 'completed';
  return {
    ...world,
    *births() {
      for (const birth of world.births()) {
        const run = liveRun(birth);
        const isOpen = run.attempts.some(
          (attempt) =>
            isOver(runBody(run, attempt, world.endMs, { touched: 0 })) &&
            attempt.jobs.some((job) => !isOver(jobBody(run, attempt, job, world.endMs))),
        );
        if (!isOpen) yield birth;
      }
    },
  };
}
