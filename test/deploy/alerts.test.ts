import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertCase } from './alert-case.ts';
import { COST_CASES } from './alert-cases/cost.ts';
import { DELIVERY_CASES } from './alert-cases/deliveries.ts';
import { FAILURE_CASES } from './alert-cases/failures.ts';
import { GITHUB_CASES, PUSH_CASES } from './alert-cases/github-and-push.ts';
import { QUEUE_CASES } from './alert-cases/queues.ts';
import { SERVICE_CASES } from './alert-cases/service.ts';
import { ALERTS, expectAlerts } from './promtool-cases.ts';

const GROUPS: Readonly<Record<string, readonly AlertCase[]>> = {
  queues: QUEUE_CASES,
  failures: FAILURE_CASES,
  cost: COST_CASES,
  'ant-watcher itself': SERVICE_CASES,
  deliveries: DELIVERY_CASES,
  GitHub: GITHUB_CASES,
  push: PUSH_CASES,
};
const CASES = Object.values(GROUPS).flat();

for (const [group, cases] of Object.entries(GROUPS)) {
  test(`alerts fire when they are due, with the right texts, and not just before: ${group}`, () => {
    expectAlerts(cases);
  });
}

test('each alert is seen to fire, and not to fire', () => {
  const seen = (firing: boolean) =>
    CASES.filter((each) => (each.firing !== undefined) === firing).map(({ alert }) => alert);
  const names = ALERTS.map(({ alert }) => alert).sort();
  assert.deepEqual([...new Set(seen(true))].sort(), names);
  assert.deepEqual([...new Set(seen(false))].sort(), names);
});
