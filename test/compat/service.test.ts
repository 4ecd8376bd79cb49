import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pastWorld } from '../../simulator/world.ts';
import { COMPAT_NAMES, type CompatName } from '../../src/compat/names.ts';
import { deliver, disordered } from '../delivered-world.ts';
import { peerPath } from '../peers.ts';
import { startPostgres } from '../postgres.ts';
import { type RunningPrometheus, startPrometheus } from '../prometheus.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { type Service, startService } from '../service.ts';
import { startVictoriaMetrics } from '../victoria-metrics.ts';
import { linesOfText } from './old-numbers.ts';
import { compatTruth } from './truth.ts';

/*
 * Names of other exporters, by the real process: scraped, killed, and several on one database.
 */

const HOUR_MS = 3_600_000;
const env = { ANT_WATCHER_METRICS_COMPAT: COMPAT_NAMES.join() };
/** Counted ten minutes after the end of an attempt is known: longer than a test waits. */
const LATER = /^cicd_pipeline_run_duration_seconds/;

function worldOf(seed: string, runs: number) {
  return pastWorld({ seed, runs, inFlight: 0.1, endMs: Date.now(), spanMs: 36 * HOUR_MS });
}

async function textOf(service: Service, name: CompatName): Promise<string> {
  const response = await service.get(`/metrics/compat/${name}`);
  assert.equal(response.status, 200);
  return response.text();
}

async function expectTruth(service: Service, world: ReturnType<typeof worldOf>): Promise<void> {
  for (const name of COMPAT_NAMES) {
    const lines = linesOfText(await textOf(service, name));
    const expected = compatTruth(name, world).filter((line) => !LATER.test(line));
    assert.deepEqual(
      lines.filter((line) => !LATER.test(line)),
      expected,
    );
    assert.ok(expected.length > 3);
  }
}

test('killed in the middle of a world, and again, the service shows its truth under names of others', async () => {
  const world = worldOf('old names 1', 60);
  const letters = disordered(world).map(({ event, guid, body }) => ({ event, guid, body: body() }));
  const fresh = letters.values();
  await using service = await startService({ env });
  const resender = new Resender(service, 8, () => fresh.next().value);
  for (const share of [0.3, 0.6, 0.9]) {
    const running = resender.run();
    await hasAccepted(resender, letters.length * share, running);
    await service.kill();
    await running;
    await service.start();
  }
  await resender.finish();
  await service.settled();
  await expectTruth(service, world);
});

test('of two replicas, each answers with what both have counted under names of others', async () => {
  const world = worldOf('old names 2', 40);
  await using server = await startPostgres();
  const storage = await server.createDatabase();
  await using first = await startService({ storage, env });
  await using second = await startService({ storage, env });
  const all = disordered(world);
  const half = (rest: number) => all.filter((_, index) => index % 2 === rest);
  await Promise.all([deliver(first, half(0)), deliver(second, half(1))]);
  await first.settled();
  await second.settled();
  for (const service of [first, second]) await expectTruth(service, world);
});

test('promtool, Prometheus and VictoriaMetrics read all of it', async () => {
  await using service = await startService({ env });
  await deliver(service, disordered(worldOf('old names 3', 40)));
  const paths = COMPAT_NAMES.map((name) => [name, `${service.apiAddress}/metrics/compat/${name}`] as const);
  await using prometheus = await startPrometheus(Object.fromEntries(paths));
  for (const [name, target] of paths) {
    const text = await textOf(service, name);
    // 3: it dislikes a name. 1: it can't read the text.
    const { status, stderr } = spawnSync(peerPath('promtool'), ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    assert.ok(status === 0 || status === 3, stderr);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    await until(`Prometheus has not read ${lines} lines of ${name}`, () => hasRead(prometheus, name, lines));
    await using victoria = await startVictoriaMetrics({ target });
    await until(`VictoriaMetrics has not read ${lines} lines of ${name}`, async () => {
      const found = await victoria.samples('scrape_samples_scraped');
      return found.some(({ value }) => value === lines);
    });
  }
});

async function hasRead(server: RunningPrometheus, job: string, lines: number): Promise<boolean> {
  const [samples] = await server.query(`scrape_samples_scraped{job="${job}"}`);
  const [up] = await server.query(`up{job="${job}"}`);
  return up?.value === 1 && samples?.value === lines;
}

async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + 60_000; !(await isSo()); await sleep(200))
    assert.ok(Date.now() < endMs, otherwise);
}
