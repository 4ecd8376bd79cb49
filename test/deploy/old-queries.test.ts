import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_OLD_NAMES } from '../../deploy/prometheus/compat/all.ts';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import { COMPAT_NAMES } from '../../src/compat/names.ts';
import { deliver } from '../delivered-world.ts';
import { type RunningPrometheus, startPrometheus } from '../prometheus.ts';
import { type Service, startService } from '../service.ts';
import { EQUAL, OLD_QUERIES } from './old-queries.ts';

/*
 * Questions that people ask of other exporters, to two real Prometheuses that scrape a service. One has the rules of all
 * exporters, the other one scrapes what the service itself counts under their names.
 */

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const RULES = ALL_OLD_NAMES.map(({ name }) => join(FOLDER, `compat-${name}.rules.yaml`));
const PATIENCE_MS = 60_000;
const COMPLETED = 'sum(github_workflow_jobs_completed_total)';
const AT_THE_END = 'sum(github_workflow_job_queued_total)';
const RUNNING = 'sum(github_actions_active_jobs{status="in_progress"})';

let service: Service;
let prometheus: RunningPrometheus;
let plain: RunningPrometheus;
before(async () => {
  service = await startService({ env: { ANT_WATCHER_METRICS_COMPAT: COMPAT_NAMES.join() } });
  const { apiAddress } = service;
  prometheus = await startPrometheus({ ants: apiAddress }, RULES);
  plain = await startPrometheus(
    Object.fromEntries(COMPAT_NAMES.map((name) => [name, `${apiAddress}/metrics/compat/${name}`])),
  );
  const world = pastWorld({
    ...{ seed: 'old queries', runs: 60, inFlight: 0.2 },
    ...{ endMs: Date.now(), spanMs: 6 * 3_600_000 },
  });
  const deliveries = [...deliveriesOf(world)];
  // Whatever grows must have been seen before.
  await deliver(service, deliveries.slice(0, deliveries.length / 2));
  await until('the rules record nothing', async () => (await numberOf(COMPLETED)) > 0);
  await until('nothing is scraped', async () => (await numberOf(COMPLETED, plain)) > 0);
  await deliver(service, deliveries.slice(deliveries.length / 2));
});
after(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

test('every rule is evaluated without an error', async () => {
  await until('some rule has not been evaluated', async () =>
    (await prometheus.rules()).every(([, health]) => health !== 'unknown'),
  );
  const rules = await prometheus.rules();
  assert.equal(rules.length, ALL_OLD_NAMES.flatMap((each) => each.rules).length);
  assert.deepEqual(
    rules.filter(([, health]) => health !== 'ok'),
    [],
  );
});

for (const { exporter, source, query } of OLD_QUERIES) {
  test(`${exporter}: what ${source} asks is answered with data: ${query}`, async () => {
    for (const server of [prometheus, plain])
      await until('no data', async () => (await server.query(query)).some(({ value }) => value > 0));
  });
}

test('old sums are those of ant-watcher, by rules as by metrics.compat', async () => {
  for (const [ours, old] of Object.entries(EQUAL)) {
    for (const query of old) {
      await until(`${query} is not ${ours}`, async () => {
        // metrics.compat counts it when the job ends, as promhippie does.
        const later = query === AT_THE_END ? await numberOf(RUNNING) : 0;
        const values = [await numberOf(query), (await numberOf(query, plain)) + later, await numberOf(ours)];
        return values.every((value) => value > 0 && value === values[0]);
      });
    }
  }
});

async function numberOf(query: string, server: RunningPrometheus = prometheus): Promise<number> {
  const [first] = await server.query(query);
  return first?.value ?? Number.NaN;
}

async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + PATIENCE_MS; !(await isSo()); await sleep(200))
    assert.ok(Date.now() < endMs, otherwise);
}
