import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, completed, NO_RUNNER, PLACE, queued, shown, shownInAnyOrder } from './github.ts';

const PRIVATE = { repository: { full_name: 'octo-org/octo-repo', private: true, default_branch: 'main' } };
const BILLED = 'github_actions_billed_seconds_total';
const UNPRICED = 'github_actions_unpriced_seconds_total';
const COST = 'github_actions_cost_dollars_total';

/** A job of 61 s in a private repository. */
function billed(over: object = {}) {
  return completed(69, { completed_at: at(68), ...over }, PRIVATE);
}

test('each execution is billed once, rounded up to a minute, however often it is reported', async () => {
  const sent = [
    billed(),
    billed({ id: 100_520_616_166, runner_id: 3, runner_name: 'GitHub Actions 3' }),
    // Carried over into the next attempt.
    billed({ id: 100_520_617_785, run_attempt: 2 }),
  ];
  const labels = `{${PLACE},sku="linux"}`;
  assert.deepEqual(await shownInAnyOrder(sent, BILLED), [`${BILLED}${labels} 240`]);
  assert.deepEqual(await shownInAnyOrder(sent, COST), [`${COST}${labels} 0.024`]);
});

test('a job is billed at the price of its day', async () => {
  const sent = [
    billed({
      created_at: '2025-12-31T23:58:00Z',
      started_at: '2025-12-31T23:58:10Z',
      completed_at: '2025-12-31T23:59:59Z',
    }),
  ];
  assert.deepEqual(await shown(sent, COST), [`${COST}{${PLACE},sku="linux"} 0.016`]);
});

test('free jobs have no bill: public repositories, self-hosted runners, no runner', async () => {
  const free = [
    completed(68),
    billed({ labels: ['self-hosted', 'linux'], runner_group_name: 'Default' }),
    billed({ conclusion: 'cancelled', ...NO_RUNNER, runner_id: 0 }),
    queued(1, {}, PRIVATE),
  ];
  for (const sent of free) assert.deepEqual(await costsOf([sent]), [], sent.body);
});

test('Pages and Dependabot cost nothing on standard runners, in private repositories too', async () => {
  const ofPages = { workflow_name: 'pages build and deployment' };
  const free = [
    billed({ workflow_name: 'npm_and_yarn in /. - Update #1544086901', name: 'Dependabot' }),
    ...['build', 'deploy', 'report-build-status'].map((name) => billed({ ...ofPages, name })),
  ];
  for (const sent of free) assert.deepEqual(await costsOf([sent]), [], sent.body);
  assert.equal((await costsOf([billed({ name: 'Dependabot' })])).length, 2);
});

test('time on runners without a price is counted separately, so that it does not look free', async () => {
  const larger = { labels: ['ubuntu-latest-16-cores'], runner_group_name: 'Large' };
  const sent = [
    billed(larger),
    // Carried over into the next attempt.
    billed({ ...larger, id: 100_520_617_785, run_attempt: 2 }),
    billed({ ...larger, id: 3, labels: [], name: 'of a group alone' }),
    completed(69, { ...larger, id: 4, name: 'in public' }),
  ];
  assert.deepEqual(await shownInAnyOrder(sent, UNPRICED), [
    `${UNPRICED}{${PLACE},runs_on="none"} 120`,
    `${UNPRICED}{${PLACE},runs_on="ubuntu-latest-16-cores"} 180`,
  ]);
  assert.deepEqual(await shown(sent, COST), []);
});

/** All lines of costs and of billed time. */
async function costsOf(sent: Parameters<typeof shown>[0]): Promise<string[]> {
  return (await shown(sent)).filter((line) => [BILLED, COST, UNPRICED].some((name) => line.startsWith(name)));
}
