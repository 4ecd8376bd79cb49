import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companyRuns } from '../simulator/company/company.ts';
import { companyTraffic } from '../simulator/company/company-traffic.ts';
import { deliveriesOfRuns, type SimulatedDelivery } from '../simulator/deliveries.ts';
import type { Run } from '../simulator/model.ts';
import { truthOfRuns } from '../simulator/truth.ts';
import { deliveryOf, openPipeline } from './pipeline.ts';
import { linesOf, parseExposition } from './samples.ts';

/*
 * The company that the demo shows: what the service counts of it is what happened there.
 */

const HOUR_MS = 3_600_000;
const PRESENT_MS = Date.parse('2026-11-25T09:00:00Z');
const START_MS = PRESENT_MS - HOUR_MS;
const SEED = 'truth';

test('what is counted of the company is what happened there', async () => {
  const runs = runsUntil(PRESENT_MS);
  const shown = await metricsOf(deliveriesOfRuns(runs, { seed: SEED, endMs: PRESENT_MS }));
  const truth = parseExposition(truthOfRuns(runs, PRESENT_MS, PRESENT_MS));
  assert.ok(runs.length > 100);
  assert.deepEqual(shown, linesOf(truth, 'github_actions_'));
});

test('the demo sends less of what is over, and it counts the same', async () => {
  const { past } = companyTraffic({ seed: SEED, pastMs: HOUR_MS, presentMs: PRESENT_MS });
  const sent = [...past];
  const over = new Set(sent.map((delivery) => runOf(delivery)));
  const runs = runsUntil(PRESENT_MS).filter(({ id }) => over.has(id));
  const whole = [...deliveriesOfRuns(runs, { seed: SEED, endMs: PRESENT_MS, deployments: true })];
  assert.ok(runs.length > 50 && sent.length < 0.6 * whole.length);
  assert.deepEqual(await metricsOf(sent), await metricsOf(whole));
});

test('what the demo calls past and present is all that happens', () => {
  const { past, present } = companyTraffic({ seed: SEED, pastMs: HOUR_MS, presentMs: PRESENT_MS });
  const seen = new Set([...past].map(runOf));
  for (const delivery of present) {
    if (delivery.atMs > PRESENT_MS + 60_000) break;
    seen.add(runOf(delivery));
  }
  seen.delete(null);
  const all = runsUntil(PRESENT_MS).map(({ id }) => id);
  assert.deepEqual(
    all.filter((id) => !seen.has(id)),
    [],
  );
});

function runsUntil(endMs: number): Run[] {
  const runs: Run[] = [];
  for (const run of companyRuns({ seed: SEED, startMs: START_MS, presentMs: PRESENT_MS })) {
    if (run.createdMs > endMs) return runs;
    runs.push(run);
  }
  return runs;
}

/** Null: it names none. */
function runOf(delivery: SimulatedDelivery): number | null {
  const { workflow_run: run, workflow_job: job } = JSON.parse(delivery.body());
  return run?.id ?? job?.run_id ?? null;
}

async function metricsOf(deliveries: Iterable<SimulatedDelivery>): Promise<readonly string[]> {
  await using pipeline = await openPipeline({ clock: { nowMs: PRESENT_MS } });
  const given = Array.from(deliveries, ({ guid, event, body }) =>
    deliveryOf({ guid, event, body: body() }, PRESENT_MS),
  );
  await pipeline.accept(given);
  await pipeline.settle();
  return linesOf(parseExposition(await pipeline.text()), 'github_actions_');
}
