import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../simulator/random.ts';
import { type Asked, confirmedDelivery } from '../src/domain/asked.ts';
import type { Delivery } from '../src/domain/delivery.ts';
import { CASES } from './cases.ts';
import { deliveryOf, openPipeline, type Webhook } from './pipeline.ts';
import { expectedLines } from './reference-model.ts';
import { NOW, smallWorlds } from './small-worlds.ts';

/*
 * What GitHub confirms as unfinished is not a ghost, in whichever order its answers and the webhooks arrive.
 */

const HOUR_MS = 3_600_000;
/** Across the limits for jobs that wait for a runner, and for runs. */
const ages = fc.constantFrom(30 * HOUR_MS, 20 * 24 * HOUR_MS, 40 * 24 * HOUR_MS);

test('what GitHub has confirmed is active, in any order of events and confirmations', async () => {
  const property = fc.asyncProperty(smallWorlds, ages, fc.nat(), async (world, ageMs, seed) => {
    const nowMs = NOW + ageMs;
    const answers = someAnswers(world, nowMs, seed);
    await using pipeline = await openPipeline({ clock: { nowMs }, batchSize: 5 });
    await pipeline.accept(mixed(world, answers, nowMs, seed));
    await pipeline.process();
    const lines = (await pipeline.text()).split('\n').filter((line) => isInFlight(line));
    const confirmed = new Map<string, number>();
    for (const { asked, atMs } of answers)
      confirmed.set(keyOf(asked), Math.max(atMs, confirmed.get(keyOf(asked)) ?? 0));
    assert.deepEqual(lines.sort(), expectedLines(world, nowMs, confirmed).filter(isInFlight));
  });
  await fc.assert(property, { numRuns: Math.ceil(400 * CASES) });
});

interface Answered {
  readonly asked: Asked;
  readonly atMs: number;
}

/** GitHub was asked about some of the jobs and attempts, at some time within the last two days. */
function someAnswers(world: readonly Webhook[], nowMs: number, seed: number): Answered[] {
  const random = createRandom(`${seed}/answers`);
  const asked = new Map(world.flatMap((sent) => askedOf(sent)).map((each) => [keyOf(each), each]));
  return [...asked.values()].flatMap((each) => {
    const times = Array.from({ length: random.int(0, 2) }, () => nowMs - random.int(0, 48) * HOUR_MS);
    return times.map((atMs) => ({ asked: each, atMs }));
  });
}

function askedOf({ body }: Webhook): Asked[] {
  const { workflow_job: job, workflow_run: run, repository } = JSON.parse(body);
  const place = { repository: repository.full_name, workflow: '' };
  if (job !== undefined)
    return [{ ...place, jobId: job.id, runId: job.run_id, runAttempt: job.run_attempt ?? 1, name: job.name }];
  return run === undefined
    ? []
    : [{ ...place, jobId: null, runId: run.id, runAttempt: run.run_attempt, name: '' }];
}

function keyOf({ jobId, runId, runAttempt }: Asked): string {
  return jobId === null ? `run ${runId}/${runAttempt}` : `job ${jobId}`;
}

/** Events and answers in a random order; GitHub is only asked about what it has reported. */
function mixed(
  world: readonly Webhook[],
  answers: readonly Answered[],
  nowMs: number,
  seed: number,
): Delivery[] {
  const random = createRandom(`${seed}/order`);
  const order = world.map((sent) => ({ sent, at: random.next() }));
  const heardAt = (key: string) =>
    Math.min(
      ...order.filter(({ sent }) => askedOf(sent).some((each) => keyOf(each) === key)).map(({ at }) => at),
    );
  return [
    ...order.map(({ sent, at }) => ({ delivery: deliveryOf(sent, nowMs), at })),
    ...answers.map(({ asked, atMs }) => {
      const since = heardAt(keyOf(asked));
      return { delivery: confirmedDelivery(asked, atMs), at: since + random.next() * (1 - since) };
    }),
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ delivery }) => delivery);
}

function isInFlight(line: string): boolean {
  return /^github_actions_(active|oldest_active|stale)_/.test(line);
}
