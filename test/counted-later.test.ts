import assert from 'node:assert/strict';
import { test } from 'node:test';
import { truthOf } from '../simulator/truth.ts';
import { pastWorld } from '../simulator/world.ts';
import { traceId } from '../src/domain/trace-id.ts';
import { openMachine } from './clock/machine.ts';
import { deliver, disordered } from './delivered-world.ts';
import { parseOpenMetrics } from './openmetrics.ts';
import { startPostgres } from './postgres.ts';
import { query } from './postgres-members.ts';
import { until } from './push/receivers.ts';
import { linesOf, parseExposition, type Samples, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * What is counted ten minutes after the end of an attempt, by the real process: it is killed between the end and the
 * count, and the time passes by the machine's clock before it starts again.
 */

const LATER_SECONDS = 11 * 60;
const HOUR_MS = 3_600_000;
const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';
const QUEUE = 'github_actions_run_queue_seconds';
const RERUNS = 'github_actions_reruns_total';

const world = pastWorld({
  ...{ seed: 'counted later', runs: 40, inFlight: 0.1, deployments: true },
  ...{ endMs: Date.now(), spanMs: 36 * HOUR_MS },
});
const truth = parseExposition(truthOf(world));

function countsOf(samples: Samples): number[] {
  return [sumOf(samples, `${QUEUE}_count`), sumOf(samples, RERUNS)];
}

const COUNTS = countsOf(truth);

/** All that is due is counted, and nothing that is not. */
async function expectCounted(service: Service): Promise<void> {
  await until('attempts are not counted', async () => {
    const counts = countsOf(await service.metrics());
    return counts.every((count, index) => count >= (COUNTS[index] ?? 0));
  });
  const samples = await service.settled();
  assert.deepEqual(linesOf(samples, 'github_actions_'), linesOf(truth, 'github_actions_'));
}

/** Each leads to an attempt that waited that long. */
async function expectExemplars(service: Service): Promise<void> {
  const families = parseOpenMetrics(await service.exposition(OPENMETRICS));
  const exemplars = families.flatMap(({ samples }) =>
    samples.flatMap(({ name, exemplar }) => (name === `${QUEUE}_bucket` ? (exemplar ?? []) : [])),
  );
  assert.ok(exemplars.length > 0);
  for (const { labels, value } of exemplars) {
    const answer = await service.get(`/api/v1/runs/${labels['run_id']}`);
    const { attempts } = (await answer.json()) as {
      attempts: { run_attempt: number; queue_seconds: number }[];
    };
    const attempt = attempts.find(
      (each) => traceId(Number(labels['run_id']), each.run_attempt) === labels['trace_id'],
    );
    assert.equal(attempt?.queue_seconds, value);
  }
}

test('the wait of runs and re-runs are counted once, by a process that starts after a kill -9', async () => {
  assert.ok(
    COUNTS.every((count) => count > 0),
    'the world has both',
  );
  using machine = openMachine();
  await using service = await startService({ env: machine.env });
  assert.deepEqual(countsOf(await deliver(service, disordered(world))), [0, 0]);
  await service.kill();
  machine.set(LATER_SECONDS);
  await service.start();
  await expectCounted(service);
  await expectExemplars(service);
  // What was counted is not counted again.
  await service.kill();
  machine.set(2 * LATER_SECONDS);
  await service.start();
  await deliver(service, disordered(world));
  await service.kill();
  machine.set(3 * LATER_SECONDS);
  await service.start();
  await expectCounted(service);
});

test('of two replicas one counts the wait of runs and re-runs, and the other one where it is killed', async () => {
  await using server = await startPostgres();
  const storage = await server.createDatabase();
  await using first = await startService({ storage });
  await using second = await startService({ storage });
  const all = disordered(world);
  const half = (rest: number) => all.filter((_, index) => index % 2 === rest);
  await Promise.all([deliver(first, half(0)), deliver(second, half(1))]);
  assert.deepEqual(countsOf(await first.settled()), [0, 0]);
  // The time passes: in steps, because the first one counts at once.
  for (const share of [3, 2, 1]) {
    await query(
      storage,
      `UPDATE runs SET settles_at_ms = settles_at_ms - ${LATER_SECONDS * 1000} WHERE run_id % ${share} = 0`,
    );
    if (share === 2) await first.kill();
  }
  await expectCounted(second);
  await first.start();
  await expectCounted(first);
});
