import assert from 'node:assert/strict';
import { test } from 'node:test';
import examples from '@octokit/webhooks-examples/api.github.com/index.json' with { type: 'json' };
import { deliveriesOf } from './deliveries.ts';
import { pastWorld } from './world.ts';

type Json = Record<string, unknown>;

const WORLD = {
  ...{ seed: 'test', runs: 300, inFlight: 0.05, endMs: Date.parse('2026-11-20T12:00:00Z') },
  ...{ spanMs: 12 * 3_600_000, refusals: 0.3 },
};
const SENT = [...deliveriesOf(pastWorld({ ...WORLD, deployments: true }))];

function payloadsOf(event: string): Json[] {
  return SENT.filter((each) => each.event === event).map(({ body }) => JSON.parse(body()) as Json);
}

function exampleOf(event: string, index: number): Json {
  const found = (examples as { name: string; examples: unknown[] }[]).find(({ name }) => name === event);
  return found?.examples[index] as Json;
}

/** The members that are missing or extra, compared with a real one. */
function difference(ours: unknown, real: unknown): string[] {
  const [a, b] = [Object.keys(ours as Json), Object.keys(real as Json)];
  const missing = b.filter((key) => !a.includes(key)).map((key) => `-${key}`);
  return [...missing, ...a.filter((key) => !b.includes(key)).map((key) => `+${key}`)];
}

/** Of a payload in an organization. */
function inOrganization(payloads: readonly Json[]): Json {
  const found = payloads.find(({ organization }) => organization !== undefined);
  assert.ok(found !== undefined);
  return found;
}

test('a deployment has the members of a real one', () => {
  const ours = inOrganization(payloadsOf('deployment'));
  const real = exampleOf('deployment', 1);
  assert.deepEqual(difference(ours, real), []);
  assert.deepEqual(difference(ours['deployment'], real['deployment']), []);
  assert.deepEqual(difference(ours['workflow_run'], real['workflow_run']), []);
});

test('a deployment_status has the members of a real one', () => {
  const ours = inOrganization(payloadsOf('deployment_status'));
  const real = exampleOf('deployment_status', 1);
  assert.deepEqual(difference(ours, real), []);
  for (const member of ['deployment_status', 'deployment', 'check_run', 'workflow_run'])
    assert.deepEqual(difference(ours[member], real[member]), [], member);
});

test('a deployment_review has the members of a real one', () => {
  const reviews = payloadsOf('deployment_review');
  const ours = inOrganization(reviews.filter(({ action }) => action === 'requested'));
  const real = exampleOf('deployment_review', 0);
  assert.deepEqual(difference(ours, real), []);
  for (const member of ['workflow_run', 'workflow_job_run'])
    assert.deepEqual(difference(ours[member], real[member]), [], member);
  for (const action of ['approved', 'rejected'])
    assert.ok(
      reviews.some((each) => each['action'] === action),
      action,
    );
});

test('without deployments, everything else is the same', () => {
  const without = deliveriesOf(pastWorld(WORLD));
  const others = SENT.filter(({ event }) => !event.startsWith('deployment'));
  assert.deepEqual(
    Array.from(without, ({ guid, body }) => [guid, body()]),
    others.map(({ guid, body }) => [guid, body()]),
  );
});
