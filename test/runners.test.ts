import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import { pastWorld } from '../simulator/world.ts';
import { linesOf, sumOf } from './samples.ts';
import { startService } from './service.ts';

const TOKEN = 'ghp_ofTheTest';
const PATIENCE_MS = 30_000;
const END_MS = Date.UTC(2026, 10, 23, 12);

test('the real process shows the runners of the organization, and without permission none, which it logs once', async () => {
  const spanMs = 12 * 3_600_000;
  const world = pastWorld({ seed: 'runners', runs: 40, inFlight: 0.3, endMs: END_MS, spanMs });
  const clock = () => END_MS;
  await using github = await openSimulatedGitHub({
    world,
    clock,
    hereClock: Date.now,
    personalTokens: [TOKEN],
  });
  await using service = await startService({
    env: {
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_TOKEN: TOKEN,
      ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*',
    },
  });
  const shown = async () => linesOf(await service.metrics(), 'github_actions_runners');
  const deadlineMs = Date.now() + PATIENCE_MS;
  while ((await shown()).length === 0 && Date.now() < deadlineMs) await sleep(50);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const listed = await fetch(`${github.url}/orgs/lumen-works/actions/runners?per_page=1`, { headers });
  const { total_count: total } = (await listed.json()) as { total_count: number };
  const samples = await service.metrics();
  assert.ok(total >= 12);
  assert.equal(sumOf(samples, 'github_actions_runners'), total);
  assert.ok(sumOf(samples, 'github_actions_runners', { runner_group: 'Build machines', busy: 'false' }) > 0);

  github.withdrawn.add('organization_self_hosted_runners');
  await service.stop();
  await service.start();
  const hasAsked = () => github.requests.answers('GET /orgs/{org}/actions/runners').has(403);
  while (!hasAsked() && Date.now() < deadlineMs) await sleep(50);
  assert.deepEqual([hasAsked(), await shown()], [true, []]);
  const { code, log } = await service.stop();
  const warnings = log
    .split('\n')
    .filter((line) => line.includes('Self-hosted runners: read (organization)'));
  assert.deepEqual([code, warnings.length], [0, 1]);
});
