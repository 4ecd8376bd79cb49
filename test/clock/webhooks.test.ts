import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { truthOf } from '../../simulator/truth.ts';
import { truthSamplesOf } from '../../simulator/truth-samples.ts';
import type { World } from '../../simulator/world.ts';
import { countedAtOnce } from '../counted-at-once.ts';
import { readExpected } from '../push/expected-samples.ts';
import { until } from '../push/receivers.ts';
import { worldOf } from '../recovery/lossy-github.ts';
import { parseExposition, sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { DAY, HOUR, openMachine } from './machine.ts';

/*
 * A wrong clock where only webhooks tell what time it is: the real process, on a machine whose clock steps.
 */

const TOKEN = 'an-api-token-of-the-tests';
/** Nobody listens there, so everything waits. */
const AWAY = { ANT_WATCHER_PUSH_URL: 'http://127.0.0.1:9', ANT_WATCHER_PUSH_MAX_AGE: '1d' };
const TOGETHER = 40;

/** What GitHub sent about the world, in two halves. */
function halvesOf(world: World): [SimulatedDelivery[], SimulatedDelivery[]] {
  const all = [...deliveriesOf(world)];
  return [all.slice(0, all.length / 2), all.slice(all.length / 2)];
}

async function tell(
  service: Service,
  deliveries: readonly SimulatedDelivery[],
  isNew = false,
): Promise<void> {
  for (let start = 0; start < deliveries.length; start += TOGETHER) {
    const answers = deliveries
      .slice(start, start + TOGETHER)
      .map(({ event, guid, body }) => service.post(event, body(), isNew ? {} : { guid }));
    for (const { status } of await Promise.all(answers)) assert.equal(status, 202);
  }
}

const isDispatch = ({ event }: SimulatedDelivery) => event === 'workflow_dispatch';

async function expectTruth(service: Service, world: World): Promise<void> {
  const samples = await service.settled();
  const truth = countedAtOnce(parseExposition(truthOf(world)));
  assert.deepEqual(countedAtOnce(samples), truth);
  const [waiting, lost] = [
    sumOf(samples, 'ant_watcher_outbox_samples'),
    sumOf(samples, 'ant_watcher_samples_total', { outcome: 'expired' }),
  ];
  assert.deepEqual([waiting, lost], [readExpected(truthSamplesOf(world)).length, 0]);
}

for (const days of [10, 100, -2]) {
  test(`a clock that is ${days} days ahead for some seconds deletes nothing: repeated events count once`, async () => {
    using machine = openMachine();
    const world = worldOf(`away ${days}`, { runs: 18 });
    const [first, second] = halvesOf(world);
    await using service = await startService({ env: { ...machine.env, ...AWAY } });
    await tell(service, first);
    await service.settled();
    await machine.step(service, days * DAY);
    await tell(service, second.slice(0, second.length / 2));
    await machine.letWork();
    await machine.step(service, 0);
    await tell(service, second.slice(second.length / 2));
    await machine.letWork();
    await tell(service, first);
    await tell(
      service,
      first.filter((delivery) => !isDispatch(delivery)),
      true,
    );
    await expectTruth(service, world);
  });
}

for (const days of [-2, -365, 10]) {
  for (const end of ['step', 'kill'] as const) {
    test(`a service that starts ${days} days ahead, until ${end === 'step' ? 'the clock is set' : 'it is killed'}, has the right numbers`, async () => {
      using machine = openMachine(days * DAY);
      const world = worldOf(`start ${days} ${end}`, { runs: 18 });
      const [first, second] = halvesOf(world);
      await using service = await startService({ env: { ...machine.env, ...AWAY } });
      await tell(service, first);
      await machine.letWork();
      if (end === 'step') await machine.step(service, 0);
      else {
        await service.kill();
        machine.set(0);
        await service.start();
      }
      await tell(service, second);
      await machine.letWork();
      await tell(service, first);
      await expectTruth(service, world);
    });
  }
}

async function push(service: Service, value: number): Promise<void> {
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'text/plain' };
  const url = `http://${service.apiAddress}/push?repository=octo/hill&workflow=CI`;
  const { status } = await fetch(url, { method: 'POST', headers, body: `coverage_ratio ${value}\n` });
  assert.equal(status, 202);
}

const shownRatio = async (service: Service) => sumOf(await service.settled(), 'job_coverage_ratio');

for (const end of ['step', 'kill'] as const) {
  test(`a gauge that a job pushed a day ahead takes the next value, after the ${end}`, async () => {
    using machine = openMachine(DAY);
    await using service = await startService({ env: machine.env, token: TOKEN });
    await push(service, 0.1);
    assert.equal(await shownRatio(service), 0.1);
    if (end === 'step') await machine.step(service, 0);
    else {
      await service.kill();
      machine.set(0);
      await service.start();
    }
    await until('the gauge keeps its value', async () => {
      await push(service, 0.2);
      return (await shownRatio(service)) === 0.2;
    });
  });
}

/** When held jobs are due, in ms from now. */
function holdsOf(service: Service): number[] {
  using database = new DatabaseSync(join(service.folder, 'ant-watcher.db'), { readOnly: true });
  const rows = database.prepare('SELECT held_until_ms AS ms FROM jobs WHERE held_until_ms IS NOT NULL').all();
  return rows.map(({ ms }) => Number(ms) - Date.now());
}

for (const ahead of [DAY, -DAY, 4 * HOUR]) {
  test(`jobs held while the clock is ${ahead / HOUR} hours ahead are due ten minutes after their start`, async () => {
    using machine = openMachine(ahead);
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    const job = { id: 1, run_id: 1, name: 'deploy', workflow_name: 'CI', labels: ['a'], runner_id: 7 };
    const times = { created_at: at(-60), started_at: at(-5) };
    const payload = { action: 'in_progress', deployment: { id: 1 }, repository: { full_name: 'o/r' } };
    await using service = await startService({ env: machine.env });
    const started = { ...job, ...times, status: 'in_progress', steps: [] };
    await service.post('workflow_job', { ...payload, workflow_job: started });
    await service.settled();
    await machine.step(service, 0);
    await service.stop();
    const [dueInMs = 0, ...others] = holdsOf(service);
    assert.deepEqual(others, []);
    assert.ok(dueInMs > 8 * 60_000 && dueInMs <= 10 * 60_000, `${dueInMs}`);
  });
}

test('a step appears in the log, in the metrics and, while the clock is wrong, in /health', async () => {
  using machine = openMachine();
  await using service = await startService({ env: machine.env });
  const now = new Date().toISOString();
  const run = { id: 1, status: 'in_progress', created_at: now, run_started_at: now, updated_at: now };
  await service.post('workflow_run', {
    action: 'in_progress',
    workflow_run: run,
    repository: { full_name: 'o/r' },
  });
  await machine.step(service, 4 * HOUR);
  // Two clocks are not read at the same moment.
  const offsetSeconds = async () =>
    Math.abs(Math.round(sumOf(await service.metrics(), 'ant_watcher_clock_offset_seconds')));
  const health = async () => (await (await service.get('/health')).json()) as { checks: { clock: unknown } };
  assert.match(JSON.stringify((await health()).checks.clock), /"ok":false,.*14400 s ahead of/);
  assert.equal(await offsetSeconds(), 14_400);
  await machine.step(service, 0);
  assert.deepEqual((await health()).checks.clock, { ok: true });
  assert.equal(await offsetSeconds(), 0);
  assert.match(service.log, /"seconds":14400,"code":"clock_stepped"/);
});
