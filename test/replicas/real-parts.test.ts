import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../simulator/random.ts';
import { CERTIFICATE, KEY } from '../fixtures/certificate.ts';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { peerPath } from '../peers.ts';
import { startPostgres } from '../postgres.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { type ChaosWorld, chaosWorld } from './chaos-world.ts';
import { blockOf, withPlaces } from './document-blocks.ts';
import { expectExact } from './expect-exact.ts';
import { type Fleet, leaderOf, settled, startFleet, webhookUrlsOf } from './fleet.ts';
import { type Haproxy, type ReplicaPorts, startHaproxy } from './haproxy.ts';
import { Hook, type HookCounts } from './hook.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { Scraper } from './scraper.ts';

/*
 * Replicas between a real HAProxy and a real PgBouncer, configured as docs/replicas.md says. Only in the long form of
 * tests (ANT_WATCHER_TEST_LONG=1), for which scripts/fetch-peers.ts fetches these two.
 */

const SENDERS = 16;
const RUNS = 25;

interface Balanced extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly haproxy: Haproxy;
}

async function startBalanced(sendsAgain: boolean): Promise<Balanced> {
  await using stack = new AsyncDisposableStack();
  const ports: ReplicaPorts[] = [];
  for (let index = 0; index < 3; index += 1) ports.push({ webhook: await freePort(), api: await freePort() });
  const behind = stack.use(
    await startFleet({
      count: 3,
      longestMs: 400_000,
      pooler: startPgBouncer,
      env: (index) => ({
        ANT_WATCHER_WEBHOOK_PORT: String(ports[index]?.webhook),
        ANT_WATCHER_API_PORT: String(ports[index]?.api),
        ANT_WATCHER_WEBHOOK_TRUSTED_PROXIES: '127.0.0.1',
        ANT_WATCHER_SHUTDOWN_DELAY: '5s',
      }),
    }),
  );
  const haproxy = stack.use(await startHaproxy({ replicas: ports, sendsAgain }));
  for (const index of ports.keys()) await haproxy.restore(index);
  const started = stack.move();
  const { webhookUrl, apiAddress } = haproxy;
  const fleet = { ...behind, webhookUrl, apiAddress };
  return { fleet, haproxy, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

type Event = (balanced: Balanced) => Promise<void>;

/** What it meant to GitHub: failures while each of the events took place. */
type Failures = Readonly<Record<string, Pick<HookCounts, 'refused' | 'unanswered'>>>;

async function drained({ fleet, haproxy }: Balanced): Promise<void> {
  for (const [index, { service }] of fleet.replicas.entries()) {
    await haproxy.drain(index);
    await service.stop();
    await service.start();
    await haproxy.restore(index);
  }
}

async function restarted({ fleet, haproxy }: Balanced): Promise<void> {
  for (const [index, { service }] of fleet.replicas.entries()) {
    await service.stop();
    await service.start();
    await haproxy.restore(index);
  }
}

async function killed({ fleet, haproxy }: Balanced): Promise<void> {
  const leader = (await leaderOf(fleet)) ?? fleet.replicas[0];
  if (leader === undefined) return;
  await leader.service.kill();
  await leader.service.start();
  await haproxy.restore(fleet.replicas.indexOf(leader));
}

const EVENTS: Readonly<Record<string, Event>> = { drained, restarted, killed };

/** Sends the world under full load all the time, in parts, each until its event is over. */
async function sendThrough(balanced: Balanced, world: ChaosWorld): Promise<Failures> {
  const { fleet } = balanced;
  const failures: Record<string, Pick<HookCounts, 'refused' | 'unanswered'>> = {};
  const each = world.letters.length / Object.keys(EVENTS).length;
  for (const [at, [name, event]] of Object.entries(EVENTS).entries()) {
    const letters = world.letters.slice(Math.floor(each * at), Math.floor(each * (at + 1)));
    let isOver = false;
    const counts = { refused: 0, unanswered: 0 };
    const sending = (async () => {
      // The same letters again and again, so that there is load for as long as it takes.
      do {
        const hook = new Hook({
          letters,
          url: fleet.webhookUrl,
          replicaUrls: () => webhookUrlsOf(fleet.replicas),
          random: createRandom(name),
          senders: SENDERS,
          doubled: 0,
        });
        hook.allow(letters.length);
        await hook.run();
        counts.refused += hook.counts.refused;
        counts.unanswered += hook.counts.unanswered;
      } while (!isOver);
    })();
    await Promise.race([event(balanced), sending.then(() => new Promise(() => {}))]);
    isOver = true;
    await sending;
    failures[name] = counts;
  }
  return failures;
}

longTest(
  'a rolling restart and a kill behind HAProxy and PgBouncer fail no delivery, no counter goes back, and all is exact',
  async (t) => {
    await using balanced = await startBalanced(true);
    const { fleet, haproxy } = balanced;
    const world = chaosWorld('mites', RUNS);
    const scraper = new Scraper({ everyMs: 300, addresses: [() => fleet.apiAddress] });
    const scraping = scraper.run();
    let failures: Failures;
    try {
      failures = await sendThrough(balanced, world);
      await settled(fleet);
    } finally {
      scraper.stop();
      await scraping;
    }
    await expectExact(fleet, world);
    assert.deepEqual(scraper.faults, []);
    const retries = await haproxy.retries();
    t.diagnostic(JSON.stringify({ failures, retries, scrapes: scraper.scrapes, refused: scraper.refused }));
    assert.ok(retries > 0 && scraper.scrapes > 0);
    for (const [name, counts] of Object.entries(failures))
      assert.deepEqual(counts, { refused: 0, unanswered: 0 }, name);
  },
);

longTest(
  'without retries, a drained replica fails no delivery, nor one that says in time that it will stop; what others fail and is sent again counts once',
  async (t) => {
    await using balanced = await startBalanced(false);
    const world = chaosWorld('mites', RUNS);
    const failures = await sendThrough(balanced, world);
    await settled(balanced.fleet);
    await expectExact(balanced.fleet, world);
    t.diagnostic(JSON.stringify(failures));
    assert.deepEqual(failures['drained'], { refused: 0, unanswered: 0 });
    assert.deepEqual(failures['restarted'], { refused: 0, unanswered: 0 });
  },
);

longTest(
  'behind PgBouncer in transaction mode the start ends, and names the setting that is missing',
  async () => {
    await using database = await startPostgres();
    const url = await database.createDatabase();
    await using pooler = await startPgBouncer(database);
    using started = startAntWatcher(['serve'], {
      env: {
        ANT_WATCHER_WEBHOOK_SECRET: 'a-secret',
        ANT_WATCHER_WEBHOOK_PORT: '0',
        ANT_WATCHER_API_PORT: '0',
        ANT_WATCHER_STORAGE_URL: url.replace(`:${database.port}/`, `:${pooler.port}/`),
      },
    });
    const { code, stdout } = await started.ended();
    assert.equal(code, 2);
    assert.match(stdout, /"code":"config_invalid","hint":"Add prepared=false to storage\.url/);
  },
);

longTest('HAProxy accepts the configuration of docs/replicas.md as it is', () => {
  using folder = openTemporaryFolder({ 'certificate.pem': CERTIFICATE + KEY });
  const file = join(folder.path, 'haproxy.cfg');
  writeFileSync(
    file,
    withPlaces(blockOf('haproxy'), [['/etc/haproxy/certificate.pem', join(folder.path, 'certificate.pem')]]),
  );
  const { status, stderr, stdout } = spawnSync(peerPath('haproxy'), ['-c', '-f', file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr + stdout);
  assert.doesNotMatch(stderr + stdout, /WARNING/);
});
