import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { createRandom } from '../simulator/random.ts';
import { pastWorld, SHORTEST_SPAN_MS } from '../simulator/world.ts';
import { COMPAT_NAMES } from '../src/compat/names.ts';
import { CASES } from './cases.ts';
import { disturbances, disturbed } from './disturbed.ts';
import { assertHistoryAddsUp } from './history-sums.ts';
import { deliveryOf, openPipeline, type Pipeline, type Webhook } from './pipeline.ts';
import { readable } from './readable.ts';
import { expectedLines } from './reference-model.ts';
import { NOW, smallWorlds } from './small-worlds.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * What must hold for all histories and all their deliveries. ANT_WATCHER_TEST_CASES multiplies the number of
 * cases.
 */

/** Worlds of the simulator: fewer, richer, and printed by their lines too. */
const simulatedWorlds: fc.Arbitrary<readonly Webhook[]> = fc
  .record({
    seed: fc.nat(),
    runs: fc.integer({ min: 1, max: 3 }),
    inFlight: fc.constantFrom(0, 0.5),
    refusals: fc.constantFrom(0, 0.5),
  })
  .map(({ seed, ...rest }) => {
    const world = pastWorld({ seed: `${seed}`, ...rest, endMs: NOW, spanMs: SHORTEST_SPAN_MS });
    return readable(
      Array.from(deliveriesOf(world), ({ guid, event, body }) => ({ guid, event, body: body() })),
    );
  });

/** How many worlds of each kind a property is tried on in the long form, by the cost of a case. */
const WORLDS = [
  { name: 'small worlds', worlds: smallWorlds, cases: { order: 1000, model: 1500, crash: 120, loss: 500 } },
  { name: 'simulated worlds', worlds: simulatedWorlds, cases: { order: 50, model: 50, crash: 15, loss: 50 } },
];

/** The age of the world when it is examined, across the limits of stale work. */
const ages = fc.constantFrom(0, 30 * 3_600_000, 40 * 24 * 3_600_000);

/** Some deliveries of a world, and the others. */
const losses = fc.record({ seed: fc.nat(), places: fc.array(fc.nat(), { maxLength: 8 }) });

function parted(world: readonly Webhook[], how: { seed: number; places: readonly number[] }) {
  const random = createRandom(`${how.seed}`);
  const places = new Set(how.places.map((place) => place % world.length));
  const isLost = world.map((_, at) => places.has(at) || (how.seed > 0 && random.chance(0.3)));
  return {
    kept: readable(world.filter((_, at) => !isLost[at])),
    lost: readable(world.filter((_, at) => isLost[at])),
  };
}

/** Where the process ends, and how far it had got with what it had accepted by then. */
const crashes = fc.array(fc.record({ after: fc.nat(), batches: fc.nat(3), inTransaction: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

/** Everything that has to be asked for. */
const COUNTED = { failedSteps: true, branchBases: true, compat: COMPAT_NAMES };

/**
 * Which way deliveries go: one after the other through the queue (Q) or processed as they are accepted (A),
 * repeated.
 */
const ways = fc.constantFrom('Q', 'A', 'AQ', 'AAQQQ');

async function textOf(sent: readonly Webhook[], nowMs: number, batchSize = 50, way = 'Q'): Promise<string> {
  await using pipeline = await openPipeline({ ...COUNTED, clock: { nowMs }, batchSize });
  await feed(pipeline, sent, nowMs, way);
  await pipeline.settle();
  return await wholeText(pipeline);
}

/** With what is shown under names of others. */
async function wholeText(pipeline: Pipeline): Promise<string> {
  const texts = [await pipeline.text()];
  for (const name of COMPAT_NAMES) texts.push(await pipeline.compatText(name));
  return texts.join('\n');
}

async function feed(pipeline: Pipeline, sent: readonly Webhook[], nowMs: number, way = 'Q'): Promise<void> {
  const deliveries = sent.map((each) => deliveryOf(each, nowMs));
  if (way === 'Q') return pipeline.accept(deliveries);
  if (way === 'A') return pipeline.acceptAtOnce(deliveries);
  for (const [index, delivery] of deliveries.entries()) {
    if (way[index % way.length] === 'A') await pipeline.acceptAtOnce([delivery]);
    else await pipeline.accept([delivery]);
  }
}

function samplesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#') && line !== '')
    .sort();
}

function assertSane(text: string): void {
  for (const line of samplesOf(text)) assert.match(line, / \d+(\.\d+)?(e[+-]\d+)?$/);
}

/** The same under names of others. */
const OLD_HELD_BACK =
  /^(github_workflow_jobs_started_|github_workflow_job_queue|github_runners_queue_|cicd_(system|pipeline_run_duration)_|workflow_job_\w+\{.*(state="queued"|status="in_progress"))/;

/**
 * What is counted after a while, without what arrives later: what depends on a gate's events (queue times, and why a job
 * failed that no runner took), and what on all jobs of an attempt.
 */
function isHeldBack(line: string): boolean {
  if (/^github_actions_(run_queue_seconds|reruns_total)/.test(line)) return true;
  if (OLD_HELD_BACK.test(line)) return true;
  const isCause = /^github_actions_job_failures_total\{.*cause="(rejected|startup)"/.test(line);
  return isCause || line.startsWith('github_actions_job_queue_seconds');
}

function numRunsOf(cases: number): { numRuns: number } {
  return { numRuns: Math.ceil(cases * CASES) };
}

for (const { name, worlds, cases } of WORLDS) {
  test(`${name}: any order and any duplication gives the same text`, async () => {
    const property = fc.asyncProperty(
      worlds,
      disturbances,
      ages,
      fc.integer({ min: 1, max: 9 }),
      ways,
      async (world, how, ageMs, batchSize, way) => {
        const nowMs = NOW + ageMs;
        assert.equal(await textOf(disturbed(world, how), nowMs, batchSize, way), await textOf(world, nowMs));
      },
    );
    await fc.assert(property, numRunsOf(cases.order));
  });

  test(`${name}: any order and any duplication gives what the reference model says`, async () => {
    const property = fc.asyncProperty(
      worlds,
      disturbances,
      losses,
      ages,
      ways,
      async (world, how, loss, ageMs, way) => {
        const clock = { nowMs: NOW + ageMs };
        const sent = disturbed(parted(world, loss).kept, how);
        await using pipeline = await openPipeline({ ...COUNTED, clock, batchSize: 5 });
        await feed(pipeline, sent, clock.nowMs, way);
        await pipeline.settle();
        const text = await pipeline.text();
        assertSane(text);
        assert.deepEqual(
          samplesOf(text),
          expectedLines(sent, clock.nowMs, new Map(), null, COUNTED.branchBases),
        );
      },
    );
    await fc.assert(property, numRunsOf(cases.model));
  });

  test(`${name}: crashes at any point change nothing`, async () => {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'crashing.db');
    const url = `sqlite:${path}`;
    const property = fc.asyncProperty(
      worlds,
      disturbances,
      crashes,
      fc.integer({ min: 1, max: 9 }),
      ways,
      async (world, how, points, batchSize, way) => {
        const clock = { nowMs: NOW };
        let left = disturbed(world, how);
        for (const { after, batches, inTransaction } of points) {
          await using pipeline = await openPipeline({ ...COUNTED, url, clock, batchSize });
          const count = after % (left.length + 1);
          await feed(pipeline, left.slice(0, count), NOW, way);
          left = left.slice(count);
          await pipeline.process(batches);
          const next = left.slice(0, batchSize).map((each) => deliveryOf(each, NOW));
          if (inTransaction) await pipeline.breakTransaction(next);
        }
        await using pipeline = await openPipeline({ ...COUNTED, url, clock, batchSize });
        await feed(pipeline, left, NOW, way);
        await pipeline.settle();
        const [own, text] = [await pipeline.text(), await wholeText(pipeline)];
        await pipeline[Symbol.asyncDispose]();
        assertHistoryAddsUp(path, own);
        for (const file of readdirSync(folder.path)) rmSync(join(folder.path, file));
        assert.equal(text, await textOf(world, NOW));
      },
    );
    await fc.assert(property, numRunsOf(cases.crash));
  });

  test(`${name}: losses leave nothing inconsistent, and late deliveries repair them`, async () => {
    const property = fc.asyncProperty(worlds, losses, fc.boolean(), async (world, loss, isLate) => {
      const { kept, lost } = parted(world, loss);
      await using pipeline = await openPipeline({ ...COUNTED, clock: { nowMs: NOW } });
      await feed(pipeline, kept, NOW);
      await (isLate ? pipeline.settle() : pipeline.process());
      assertSane(await wholeText(pipeline));
      await feed(pipeline, lost, NOW);
      await pipeline.settle();
      const healed = samplesOf(await wholeText(pipeline));
      const complete = samplesOf(await textOf(world, NOW));
      // What arrives too late can't undo what was counted without it.
      const isFinal = (line: string) => !isLate || !isHeldBack(line);
      assert.deepEqual(healed.filter(isFinal), complete.filter(isFinal));
    });
    await fc.assert(property, numRunsOf(cases.loss));
  });
}
