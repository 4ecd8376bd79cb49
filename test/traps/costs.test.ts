import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, completed, NO_RUNNER, PLACE, queued, shown, shownInAnyOrder } from './github.ts';

const PRIVATE = { repository: { full_name: 'octo-org/octo-repo', private: true, default_branch: 'main' } };
const BILLED = 'github_actions_billed_seconds_total';
const COST = 'github_actions_cost_dollars_total';

/** A job of 61 s in a private repository. */
function billed(over: object = {}) {
  return completed(69, { completed_at: at(68), ...over }, PRIVATE);
}

test('each execution is billed once, rounded up to a minute, however often it is told', async () => {
  const told = [
    billed(),
    billed({ id: 100_520_616_166, runner_id: 3, runner_name: 'GitHub Actions 3' }),
    // Carried over into the next attempt.
    billed({ id: 100_520_617_785, run_attempt: 2 }),
  ];
  const labels = `{${PLACE},sku="linux"}`;
  assert.deepEqual(await shownInAnyOrder(told, BILLED), [`${BILLED}${labels} 240`]);
  assert.deepEqual(await shownInAnyOrder(told, COST), [`${COST}${labels} 0.024`]);
});

test('a job is billed at the price of its day', async () => {
  const told = [
    billed({
      created_at: '2025-12-31T23:58:00Z',
      started_at: '2025-12-31T23:58:10Z',
      completed_at: '2025-12-31T23:59:59Z',
    }),
  ];
  assert.deepEqual(await shown(told, COST), [`${COST}{${PLACE},sku="linux"} 0.016`]);
});

test('what is free or of unknown price has no bill: public repositories, own and larger runners, no runner', async () => {
  const free = [
    completed(68),
    billed({ labels: ['self-hosted', 'linux'], runner_group_name: 'Default' }),
    billed({ labels: ['ubuntu-latest-16-cores'], runner_group_name: 'Large' }),
    billed({ labels: [], runner_group_name: 'Large' }),
    billed({ conclusion: 'cancelled', ...NO_RUNNER, runner_id: 0 }),
    queued(1, {}, PRIVATE),
  ];
  for (const told of free) {
    assert.deepEqual(await shown([told], COST), [], told.body);
  }
});
