import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LONGEST_RUN_MS } from '../src/domain/forgetting.ts';
import { forgetRuns } from './forget-runs.ts';
import { deliveryOf, openPipeline, type Pipeline, type Webhook } from './pipeline.ts';
import { NOW, smallWorlds } from './small-worlds.ts';

/* Finished runs are forgotten after a while. No number may show it. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Ghosts leave their gauges when they are forgotten. */
async function textOf(pipeline: Pipeline): Promise<string[]> {
  const lines = (await pipeline.text()).split('\n');
  return lines.filter(
    (line) => line !== '' && !/^(# (HELP|TYPE) )?github_actions_stale_(jobs|runs)\b/.test(line),
  );
}

test('forgetting changes nothing in /metrics except the gauges of ghosts', async () => {
  let forgotten = 0;
  const ages = fc.constantFrom(0, 2 * HOUR_MS, 29 * DAY_MS, 40 * DAY_MS, 80 * DAY_MS);
  const retentions = fc.constantFrom(HOUR_MS, 30 * DAY_MS);
  const property = fc.asyncProperty(smallWorlds, ages, retentions, async (world, ageMs, retentionMs) => {
    const clock = { nowMs: NOW };
    await using pipeline = await openPipeline({ clock });
    await pipeline.accept(world.map((sent) => deliveryOf(sent, NOW)));
    await pipeline.settle();
    clock.nowMs += ageMs;
    const before = await textOf(pipeline);
    forgotten += await forgetRuns(pipeline, clock.nowMs - retentionMs);
    assert.deepEqual(await textOf(pipeline), before);
    if (ageMs > retentionMs + LONGEST_RUN_MS + DAY_MS) assert.equal(await statesLeft(pipeline, world), 0);
  });
  await fc.assert(property, { numRuns: 300 });
  assert.ok(forgotten > 300, `only ${forgotten} states were forgotten`);
});

test('an old recording can be replayed: no run is forgotten while its deliveries arrive', async () => {
  const property = fc.asyncProperty(smallWorlds, async (world) => {
    const texts = [];
    for (const forgets of [false, true]) {
      const clock = { nowMs: NOW + 100 * DAY_MS };
      await using pipeline = await openPipeline({ clock, batchSize: 1 });
      for (const sent of world) {
        await pipeline.accept([deliveryOf(sent, clock.nowMs)]);
        await pipeline.process();
        if (forgets) await forgetRuns(pipeline, clock.nowMs - 30 * DAY_MS);
      }
      await pipeline.settle();
      texts.push(await textOf(pipeline));
    }
    assert.deepEqual(texts[1], texts[0]);
  });
  await fc.assert(property, { numRuns: 100 });
});

/** Runs and jobs still known. */
async function statesLeft({ store }: Pipeline, world: readonly Webhook[]): Promise<number> {
  const ids = new Set(
    world.flatMap(({ body }) => {
      const { workflow_job: job, workflow_run: run } = JSON.parse(body);
      return job?.run_id ?? run?.id ?? [];
    }),
  );
  let left = 0;
  for (const id of ids) {
    const { runs, jobs } = await store.explainRun(id);
    left += runs.length + jobs.length;
  }
  return left;
}
