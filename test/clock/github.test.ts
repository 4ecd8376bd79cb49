import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { until } from '../push/receivers.ts';
import { type LossyGitHub, openLossyGitHub, withoutGates, worldOf } from '../recovery/lossy-github.ts';
import { AMPLE } from '../recovery/recovered.ts';
import { linesOf, sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { DAY, HOUR, type Machine, openMachine } from './machine.ts';

/*
 * A wrong clock where GitHub can be asked: the real process on a machine whose clock steps, against a
 * simulated GitHub that has the right time.
 */

const POLLED = { ANT_WATCHER_WEBHOOK_SECRET: '', ANT_WATCHER_GITHUB_POLL_INTERVAL: '1s' };

async function passesOf(service: Service, kind: string): Promise<number> {
  return sumOf(await service.metrics(), 'ant_watcher_recovery_passes_total', { kind });
}

/** Resolves after two more passes. */
async function passed(lossy: LossyGitHub, kind = 'hook_log'): Promise<void> {
  const before = await passesOf(lossy.service, kind);
  await until('no pass in time', async () => (await passesOf(lossy.service, kind)) >= before + 2);
}

/**
 * The clock is wrong by so many hours while the service looks for what it lost, at the start or in between.
 */
async function disturbed(lossy: LossyGitHub, machine: Machine, hours: number): Promise<void> {
  await machine.step(lossy.service, hours * HOUR);
  await machine.letWork();
  await machine.step(lossy.service, 0);
}

for (const hours of [240, -4]) {
  for (const when of ['from the start', 'between two passes'] as const) {
    test(`events lost after the clock was ${hours} hours ahead ${when} are recovered`, async () => {
      const isFirst = when === 'from the start';
      using machine = openMachine(isFirst ? hours * HOUR : 0);
      const world = worldOf(`lost ${hours} ${when}`, { runs: 25 });
      await using lossy = await openLossyGitHub({ world, hooks: ['app'], limits: AMPLE, env: machine.env });
      const all = [...deliveriesOf(world)];
      await lossy.send(all.slice(0, all.length / 2));
      await passed(lossy);
      if (isFirst) await machine.step(lossy.service, 0);
      else await disturbed(lossy, machine, hours);
      await passed(lossy);
      await lossy.send(all.slice(all.length / 2), () => true);
      const { faults } = await lossy.whole();
      assert.deepEqual(faults, []);
    });
  }
}

for (const days of [10, -10]) {
  test(`polling continues after the clock was ${days} days ahead for some seconds`, async () => {
    using machine = openMachine();
    const world = withoutGates(worldOf(`polled ${days}`, { runs: 25 }));
    let worldMs = world.endMs - 4 * 3_600_000;
    const repositories = world.population.repositories.map(({ fullName }) => fullName).join(',');
    const env = { ...machine.env, ...POLLED, ANT_WATCHER_GITHUB_REPOSITORIES: repositories };
    await using lossy = await openLossyGitHub({
      world,
      env,
      token: true,
      clock: () => worldMs,
      hereClock: Date.now,
    });
    await passed(lossy, 'poll');
    await disturbed(lossy, machine, days * 24);
    worldMs = world.endMs;
    const { faults } = await lossy.whole(['github_actions_dispatches_total']);
    assert.deepEqual(faults, []);
  });
}

test('a first start years ahead or behind counts nothing more from before the installation', async () => {
  const world = withoutGates(worldOf('old', { runs: 40, agoMs: 3 * DAY * 1000 }));
  const repositories = world.population.repositories.map(({ fullName }) => fullName).join(',');
  const counts: number[] = [];
  for (const days of [0, -365, 365]) {
    using machine = openMachine(days * DAY);
    const env = { ...machine.env, ...POLLED, ANT_WATCHER_GITHUB_REPOSITORIES: repositories };
    await using lossy = await openLossyGitHub({ world, env, token: true });
    await passed(lossy, 'poll');
    counts.push(sumOf(await lossy.service.settled(), 'github_actions_jobs_total'));
  }
  assert.deepEqual(counts, [counts[0], counts[0], counts[0]]);
  assert.equal((counts[0] ?? 0) < 50, true);
});

for (const hours of [-4, 4]) {
  test(`a wait for a rate limit ends in time, even if the clock is set ${hours} hours ahead meanwhile`, async () => {
    using machine = openMachine();
    const world = worldOf(`limited ${hours}`, { runs: 25 });
    const limits = { perHour: 60, hourMs: 20_000, pointsPerMinute: 100_000 };
    await using lossy = await openLossyGitHub({
      world,
      hooks: ['app'],
      limits,
      env: machine.env,
      patienceMs: 100_000,
    });
    const all = [...deliveriesOf(world)];
    await lossy.send(all.slice(0, -60));
    await lossy.send(all.slice(-60), () => true);
    await until('the limit is not reached', async () => {
      const left = linesOf(await lossy.service.metrics(), 'ant_watcher_github_rate_limit_remaining');
      return left.some((line) => line.endsWith(' 0'));
    });
    await machine.step(lossy.service, hours * HOUR);
    const { faults } = await lossy.whole();
    assert.deepEqual(faults, []);
  });
}
