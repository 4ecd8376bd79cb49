import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_OLD_NAMES } from '../../deploy/prometheus/compat/all.ts';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import { deliver } from '../delivered-world.ts';
import { type RunningPrometheus, startPrometheus } from '../prometheus.ts';
import { type Service, startService } from '../service.ts';
import { EQUAL, OLD_QUERIES } from './old-queries.ts';

/*
 * Questions that people ask of other exporters, to a real Prometheus that scrapes a service and has the rules of all of
 * them.
 */

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const RULES = ALL_OLD_NAMES.map(({ name }) => join(FOLDER, `compat-${name}.rules.yaml`));
const PATIENCE_MS = 60_000;
const COMPLETED = 'sum(github_workflow_jobs_completed_total)';

let service: Service;
let prometheus: RunningPrometheus;
before(async () => {
  service = await startService();
  prometheus = await startPrometheus({ ants: service.apiAddress }, RULES);
  const world = pastWorld({
    ...{ seed: 'old queries', runs: 60, inFlight: 0.2 },
    ...{ endMs: Date.now(), spanMs: 6 * 3_600_000 },
  });
  const deliveries = [...deliveriesOf(world)];
  // Whatever grows must have been seen before.
  await deliver(service, deliveries.slice(0, deliveries.length / 2));
  await until('the rules record nothing', async () => (await numberOf(COMPLETED)) > 0);
  await deliver(service, deliveries.slice(deliveries.length / 2));
});
after(async () => {
  await prometheus?.[Symbol.asyncDispose]();
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
    await until('no data', async () => (await prometheus.query(query)).some(({ value }) => value > 0));
  });
}

test('old sums are those of ant-watcher', async () => {
  for (const [ours, old] of Object.entries(EQUAL)) {
    for (const query of old) {
      await until(`${query} is not ${ours}`, async () => {
        const [value, expected] = [await numberOf(query), await numberOf(ours)];
        return value > 0 && value === expected;
      });
    }
  }
});

async function numberOf(query: string): Promise<number> {
  const [first] = await prometheus.query(query);
  return first?.value ?? Number.NaN;
}

async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + PATIENCE_MS; !(await isSo()); await sleep(200))
    assert.ok(Date.now() < endMs, otherwise);
}
