import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import { pastWorld } from '../simulator/world.ts';
import type { Runners } from '../src/domain/openapi-types.ts';
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

test('with their settings, the real process shows runners by label and of the enterprise, and when a group was last idle', async () => {
  const world = pastWorld({
    seed: 'runners',
    runs: 40,
    inFlight: 0.3,
    endMs: END_MS,
    spanMs: 12 * 3_600_000,
  });
  await using github = await openSimulatedGitHub({
    world,
    clock: () => END_MS,
    hereClock: Date.now,
    personalTokens: [TOKEN],
  });
  await using service = await startService({
    env: {
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_TOKEN: TOKEN,
      ANT_WATCHER_GITHUB_ENTERPRISES: 'lumen-group',
      ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*',
      ANT_WATCHER_METRICS_RUNNER_LABELS: 'true',
    },
  });
  const shown = async (name: string) => linesOf(await service.metrics(), name);
  const LAST_IDLE = 'github_actions_runner_group_last_idle_timestamp_seconds';
  // Those of the organization come last.
  const isDone = async () => (await shown(LAST_IDLE)).join().includes('owner="lumen-works"');
  await until(isDone);
  const samples = await service.metrics();
  const labelled = (label: string) => sumOf(samples, 'github_actions_runners_by_label', { label });
  assert.deepEqual([labelled('macOS'), labelled('ARM64')], [3, 3]);
  assert.equal(
    labelled('self-hosted'),
    sumOf(samples, 'github_actions_runners', { runner_group: 'Build machines' }) + 3,
  );
  const ofEnterprise = { owner: 'enterprises/lumen-group', runner_group: 'Shared machines' };
  assert.equal(sumOf(samples, 'github_actions_runners', { ...ofEnterprise, busy: 'true' }), 1);
  const before = (await shown(LAST_IDLE)).find((line) => line.includes('lumen-group'));
  assert.match(before ?? '', /runner_group="Shared machines"\} \d+/);

  const answer = await fetch(`${service.apiUrl}/api/v1/runners`);
  const { groups, labels } = (await answer.json()) as Runners;
  const shared = groups.find(({ owner }) => owner === ofEnterprise.owner);
  assert.deepEqual([shared?.online, shared?.busy, shared?.saturation], [3, 1, 1 / 3]);
  assert.ok(shared?.last_idle_at);
  assert.ok(labels.some(({ label, online }) => label === 'macOS' && online === 3));

  // A number of what is hidden now would be a guess.
  github.withdrawn.add('manage_runners:enterprise');
  await service.stop();
  await service.start();
  const isAsked = () => github.requests.answers('GET /enterprises/{enterprise}/actions/runners').has(404);
  await until(async () => isAsked() && (await isDone()));
  assert.deepEqual(
    (await shown(LAST_IDLE)).filter((line) => line.includes('lumen-group')),
    [],
  );
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isSo()) && Date.now() < deadlineMs) await sleep(50);
}
