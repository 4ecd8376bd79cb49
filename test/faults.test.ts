import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Fault, withFault } from './faults.ts';
import { linesOf, type Samples, sumOf } from './samples.ts';
import { Service } from './service.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * Bugs and worse, in the real process: it ends with a report or continues, never loops, and loses nothing
 * that was accepted.
 */

const MAX_ATTEMPTS = 3;
const WORKFLOWS = 60;
const POISON_AT = 20;

test('a delivery that ends the process before it is answered does so once: when sent again, it is parked', async () => {
  await using site = openSite();
  const broken = site.service({ NODE_OPTIONS: withFault('fault-killed', 'engine') });
  await broken.start();
  await postAll(broken, 'fault-killed');
  assert.equal(await supervise(broken), 1, 'what was not accepted ends no other process');

  const accepted = await postAll(broken, 'fault-killed');
  assert.equal(await supervise(broken), MAX_ATTEMPTS);
  await expectNothingLost(broken, 'fault-killed', accepted, { parked: 1 });
});

test('a delivery that ends the process in each attempt is parked, and all others count', async () => {
  await using site = openSite();
  const broken = site.service({
    NODE_OPTIONS: withFault('fault-killed', 'engine'),
    ANT_WATCHER_COLLECTOR_AT_ONCE: '0',
  });
  await broken.start();
  const accepted = await postAll(broken, 'fault-killed');
  const starts = await supervise(broken);
  assert.equal(starts, MAX_ATTEMPTS + 1, 'the first end is not counted: its cause is unknown');
  await expectNothingLost(broken, 'fault-killed', accepted, { parked: 1 });
  const [parked] = await parkedOf(broken);
  assert.deepEqual(
    [parked?.['attempts'], parked?.['error']],
    [MAX_ATTEMPTS, 'The process ended while this delivery was processed.'],
  );
  await broken.kill();

  const restarted = site.service();
  await restarted.start();
  const replay = await fetch(`http://${restarted.apiAddress}/api/v1/parked/replay`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
  });
  assert.equal(replay.status, 200);
  expectCounts(await restarted.settled(), { parked: 0 });
});

test('a bug triggered by one delivery parks that delivery, and the process goes on', async () => {
  await using site = openSite();
  const service = site.service({ NODE_OPTIONS: withFault('fault-type-error', 'engine') });
  await service.start();
  const accepted = await postAll(service, 'fault-type-error');
  await expectNothingLost(service, 'fault-type-error', accepted, { parked: 1 });
  const [parked] = await parkedOf(service);
  assert.match(String(parked?.['error']), /^TypeError: /);
  assert.equal((await service.stop()).code, 0);
});

const BUGS: readonly (readonly [Fault, 'main' | 'engine', RegExp])[] = [
  ['fault-uncaught', 'main', /^uncaught oops$/],
  ['fault-rejection', 'main', /^rejected oops$/],
  ['fault-uncaught', 'engine', /^uncaught oops$/],
  ['fault-rejection', 'engine', /^rejected oops$/],
];

for (const [fault, thread, message] of BUGS) {
  test(`${fault} in the thread ${thread} ends the process with a report, and a restart loses nothing`, async () => {
    await using site = openSite();
    const broken = site.service({ NODE_OPTIONS: withFault(fault, thread) });
    await broken.start();
    const accepted = await postAll(broken, fault);
    const { code, log } = await broken.ended();
    const reports = log.split('\n').filter((line) => line.includes('"Bug; stopping at once"'));
    assert.deepEqual([code, reports.length], [1, 1], log);
    const report = JSON.parse(reports[0] ?? '');
    assert.match(report.err.message, message);
    assert.match(report.err.stack, /data:text/);
    assert.equal(report.thread, thread);
    assert.match(report.version, /^\d+\.\d+\.\d+/);
    assert.equal(typeof report.queue.pending, 'number');

    const restarted = site.service();
    await restarted.start();
    await expectNothingLost(restarted, fault, accepted, { parked: 0 });
  });
}

test('when the engine disappears silently, the process ends with a report', async () => {
  await using site = openSite();
  const broken = site.service({ NODE_OPTIONS: withFault('fault-ended', 'engine') });
  await broken.start();
  const accepted = await postAll(broken, 'fault-ended');
  const { code, log } = await broken.ended();
  assert.equal(code, 1);
  assert.match(log, /the engine's thread ended with code 3.*"Bug; stopping at once"/);

  const restarted = site.service();
  await restarted.start();
  await expectNothingLost(restarted, 'fault-ended', accepted, { parked: 0 });
});

/** Services one after the other on one store. */
function openSite() {
  const folder = openTemporaryFolder();
  const services: Service[] = [];
  return {
    service(env: Readonly<Record<string, string>> = {}): Service {
      const service = new Service({
        storage: `sqlite:${join(folder.path, 'ant-watcher.db')}`,
        env: { ANT_WATCHER_COLLECTOR_MAX_ATTEMPTS: String(MAX_ATTEMPTS), ...env },
      });
      services.push(service);
      return service;
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) await service[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/**
 * Posts dispatches, each of its own workflow and with a fixed delivery id; one workflow is named after the
 * fault. Returns how many were accepted before the process ended. Those before the fault are answered before
 * it is sent: they are surely accepted.
 */
async function postAll(service: Service, fault: Fault): Promise<number> {
  const names = Array.from({ length: WORKFLOWS }, (_, index) => (index === POISON_AT ? fault : `w${index}`));
  const post = async (workflow: string) => {
    const payload = { workflow: `${workflow}.yml`, repository: { full_name: 'o/r' } };
    const { status } = await service.post('workflow_dispatch', payload, { guid: `guid-${workflow}` });
    return status;
  };
  const before = await Promise.allSettled(names.slice(0, POISON_AT).map(post));
  const after = await Promise.allSettled(names.slice(POISON_AT).map(post));
  return [...before, ...after].filter((each) => each.status === 'fulfilled' && each.value === 202).length;
}

/** Restarts the process whenever it ends, until everything is processed or parked; returns how often. */
async function supervise(service: Service): Promise<number> {
  for (let starts = 0; ; starts += 1) {
    try {
      if (starts > 0) await service.start();
      await service.settled();
      return starts;
    } catch (error) {
      if (starts > 2 * MAX_ATTEMPTS) throw error;
      await service.kill();
    }
  }
}

async function parkedOf(service: Service): Promise<Record<string, unknown>[]> {
  const answer = (await (await service.get('/api/v1/parked')).json()) as {
    parked: Record<string, unknown>[];
  };
  return answer.parked;
}

/**
 * Everything accepted is there; and when GitHub sends it all once more, each dispatch counts exactly once.
 */
async function expectNothingLost(
  service: Service,
  fault: Fault,
  accepted: number,
  { parked }: { readonly parked: number },
): Promise<void> {
  const counted = linesOf(await service.settled(), 'github_actions_dispatches_total').length;
  assert.ok(accepted >= POISON_AT && counted + parked >= accepted, `${counted} of ${accepted} are counted`);
  assert.equal(await postAll(service, fault), WORKFLOWS);
  expectCounts(await service.settled(), { parked });
}

function expectCounts(samples: Samples, { parked }: { readonly parked: number }): void {
  const lines = linesOf(samples, 'github_actions_dispatches_total');
  assert.ok(
    lines.every((line) => line.endsWith(' 1')),
    lines.join('\n'),
  );
  assert.equal(lines.length, WORKFLOWS - parked);
  assert.equal(sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' }), WORKFLOWS);
  assert.equal(sumOf(samples, 'ant_watcher_queue_deliveries', { state: 'parked' }), parked);
}
