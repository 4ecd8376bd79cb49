import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import { truthOf } from '../simulator/truth.ts';
import { pastWorld } from '../simulator/world.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { linesOf, parseExposition, type Samples, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

const TOKEN = 'ghp_ofTheTest';
const RUN = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
const endMs = Math.floor(Date.now() / 1000) * 1000;
const seed = 'history';

async function backfill(service: Service, ...args: string[]) {
  const all = ['backfill', '--url', `http://${service.apiAddress}`, ...args];
  using started = startAntWatcher(all);
  return await started.ended();
}

function jobsOf(samples: Samples): string[] {
  return linesOf(samples, 'github_actions_jobs_total');
}

test(`backfill: unreported history is read after an estimate, and counted once (seed ${seed}, end ${endMs})`, async () => {
  const world = pastWorld({ seed, runs: 60, inFlight: 0, endMs, spanMs: 12 * 3_600_000 });
  await using github = await openSimulatedGitHub({ world, clock: Date.now, personalTokens: [TOKEN] });
  await using service = await startService({
    env: {
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_TOKEN: TOKEN,
      ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*,mira-holt/*',
    },
  });
  const [repository] = world.population.repositories;
  const name = repository?.fullName ?? '';

  const dry = await backfill(service, '--since', '2d', '--repo', name, '--dry-run');
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /^It would take about \d+ requests for [1-9]\d* runs of 1 repositories\.$/m);
  assert.equal(github.requests.total(RUN), 0);

  const one = await backfill(service, '--since', '2d', '--repo', name);
  assert.equal(one.code, 0, one.stderr);
  const truth = jobsOf(parseExposition(truthOf(world)));
  assert.deepEqual(
    jobsOf(await service.settled()),
    truth.filter((line) => line.includes(`repository="${name}"`)),
  );
  const all = await backfill(service, '--since', '2d');
  assert.equal(all.code, 0, all.stderr);
  const samples = await service.settled();
  assert.deepEqual(jobsOf(samples), truth);
  assert.ok(sumOf(samples, 'github_actions_runs_total') >= 60);

  const before = github.requests.total(RUN);
  const again = await backfill(service, '--since', '2d');
  assert.match(again.stdout, /0 new deliveries/);
  assert.equal(github.requests.total(RUN) - before <= 3, true, 'what is over is not read again');
  assert.deepEqual(jobsOf(await service.settled()), truth);
});

test('backfill: missing requirements are explained', async () => {
  await using service = await startService();
  const without = await backfill(service, '--since', '1h');
  assert.deepEqual([without.code, /nothing to log in to GitHub with/.test(without.stderr)], [1, true]);
  for (const args of [[], ['--since', '7'], ['--since', '7d', '--repo', 'ants']]) {
    const { code, stderr } = await backfill(service, ...args);
    assert.deepEqual([code, /ant-watcher help backfill/.test(stderr)], [2, true]);
  }
  const headers = { 'Content-Type': 'application/json' };
  for (const body of [
    {},
    { since_ms: 1, repo: 'o/r' },
    { since_ms: 9e15 },
    { since_ms: 1, repositories: ['o'] },
  ]) {
    const url = `http://${service.apiAddress}/api/v1/backfill`;
    const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(status, 400, JSON.stringify(body));
  }
});
