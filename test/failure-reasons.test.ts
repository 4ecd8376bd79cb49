import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../simulator/random.ts';
import type { Delivery } from '../src/domain/delivery.ts';
import { FAILURE_REASONS, type FailureReason } from '../src/domain/failure-reason.ts';
import { reasonDelivery, type Unexplained, unaskedDelivery } from '../src/domain/reason-delivery.ts';
import { CASES } from './cases.ts';
import { deliveryOf, openPipeline, type Pipeline, type Webhook } from './pipeline.ts';
import type { ReasonOf } from './reference-failures.ts';
import { expectedLines } from './reference-model.ts';
import { type Json, jobReport } from './reference-reports.ts';
import { NOW, smallWorlds } from './small-worlds.ts';
import { completed, step } from './traps/github.ts';

/*
 * The reasons of failures, whatever the order in which ends of jobs and answers of GitHub are processed.
 */

const REASONS = 'github_actions_job_failure_reasons_total';

/** The same for all reports of an execution, under whatever id. */
const reasonOf: ReasonOf = ({ run, name }) =>
  FAILURE_REASONS[(run + name.length) % FAILURE_REASONS.length] as string;

function answerTo(job: Unexplained): Delivery {
  const reason = reasonOf({ run: job.runId, name: job.name }) as FailureReason['reason'];
  return reasonDelivery(job, { reason, exitCode: reason === 'exit_code' ? 137 : null }, NOW);
}

/** The webhooks in another order, some twice, and answers about every job somewhere behind its first webhook. */
function arrivals(world: readonly Webhook[], seed: number) {
  const random = createRandom(`${seed}`);
  const webhooks = shuffled(
    world.flatMap((each) => (random.chance(0.1) ? [each, each] : [each])),
    random,
  );
  const order: Delivery[] = webhooks.map((each) => deliveryOf(each, NOW));
  const answers = new Map<number, Delivery>();
  for (const { guid, event, body } of world) {
    if (event !== 'workflow_job') continue;
    const report = jobReport(guid, JSON.parse(body) as Json);
    const { id: jobId, run: runId, attempt: runAttempt, ...words } = report;
    answers.set(jobId, answerTo({ ...words, jobId, runId, runAttempt, statusAtMs: NOW }));
  }
  for (const [jobId, answer] of answers) {
    const first = order.findIndex(
      ({ event, payload }) => event === 'workflow_job' && JSON.parse(payload).workflow_job.id === jobId,
    );
    for (let time = random.chance(0.3) ? 2 : 1; time > 0; time -= 1)
      order.splice(random.int(first + 1, order.length), 0, answer);
  }
  return { webhooks, order };
}

function shuffled(all: readonly Webhook[], random: ReturnType<typeof createRandom>): Webhook[] {
  const order = [...all];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = random.int(0, at);
    [order[at], order[other]] = [order[other] as Webhook, order[at] as Webhook];
  }
  return order;
}

test('any order of ends and answers, and any duplication, counts each reason once', async () => {
  const property = fc.asyncProperty(
    smallWorlds,
    fc.nat(),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
    async (world, seed, batchSize, atOnce) => {
      const clock = { nowMs: NOW };
      await using pipeline = await openPipeline({ clock, batchSize, asksReasons: true });
      const { webhooks, order } = arrivals(world, seed);
      await (atOnce ? oneByOne(pipeline, order) : pipeline.accept(order));
      await pipeline.settle();
      const expected = expectedLines(webhooks, clock.nowMs, new Map(), reasonOf);
      assert.deepEqual(samplesOf(await pipeline.text()), expected.filter(isNoStep));
    },
  );
  await fc.assert(property, { numRuns: Math.ceil(300 * CASES) });
});

test('what GitHub has yet to be asked about is stored with the failure, and is asked once', async () => {
  const property = fc.asyncProperty(smallWorlds, fc.nat(), async (world, seed) => {
    const clock = { nowMs: NOW };
    await using pipeline = await openPipeline({ clock, asksReasons: true });
    const random = createRandom(`${seed}`);
    const webhooks = shuffled(world, random);
    const half = random.int(0, webhooks.length);
    const asked: number[] = [];
    for (const part of [webhooks.slice(0, half), webhooks.slice(half)]) {
      await pipeline.accept(part.map((each) => deliveryOf(each, clock.nowMs)));
      await pipeline.settle();
      const open = await pipeline.store.unexplained({ beforeMs: null, skip: 0, limit: 1000 });
      asked.push(...open.map(({ jobId }) => jobId));
      await pipeline.accept(open.map(answerTo));
      await pipeline.settle();
      assert.deepEqual(await pipeline.store.unexplained({ beforeMs: null, skip: 0, limit: 1000 }), []);
    }
    assert.equal(new Set(asked).size, asked.length);
    const expected = expectedLines(webhooks, clock.nowMs, new Map(), reasonOf);
    const counted = samplesOf(await pipeline.text(REASONS));
    assert.deepEqual(
      counted,
      expected.filter((line) => line.startsWith(REASONS)),
    );
  });
  await fc.assert(property, { numRuns: Math.ceil(200 * CASES) });
});

test('explain shows what GitHub answered, and what that counted', async () => {
  const failed = completed(60, {
    conclusion: 'failure',
    steps: [step('Run make', { conclusion: 'failure' })],
  });
  for (const [answerOf, why, counts] of [
    [
      (job: Unexplained) => reasonDelivery(job, { reason: 'exit_code', exitCode: 137 }, NOW),
      'Its annotations say: exit_code 137.',
      [REASONS, 'ant_watcher_failures_asked_total'],
    ],
    [
      (job: Unexplained) => unaskedDelivery(job, 'not_visible', NOW),
      'GitHub does not show its annotations.',
      ['ant_watcher_failures_asked_total'],
    ],
  ] as const) {
    await using pipeline = await openPipeline({ clock: { nowMs: NOW }, asksReasons: true });
    await pipeline.accept([deliveryOf(failed, NOW)]);
    await pipeline.process();
    const [job] = await pipeline.store.unexplained({ beforeMs: null, skip: 0, limit: 9 });
    assert.ok(job);
    await pipeline.accept([answerOf(job)]);
    await pipeline.process();
    const { observations } = await pipeline.store.explainJob(job.jobId);
    const shown = observations.find(({ status }) => status === 'reason');
    assert.equal(shown?.why, why);
    assert.deepEqual(shown?.counted.map(({ metric }) => metric).sort(), [...counts].sort());
    assert.equal(shown?.source, 'api');
  }
});

/** Each is processed before the next arrives. */
async function oneByOne(pipeline: Pipeline, order: readonly Delivery[]): Promise<void> {
  for (const delivery of order) {
    if (delivery.source === 'webhook') await pipeline.acceptAtOnce([delivery]);
    else await pipeline.accept([delivery]);
    await pipeline.process();
  }
}

function samplesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();
}

function isNoStep(line: string): boolean {
  return !line.startsWith('github_actions_job_failed_steps_total');
}
