import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import type { HookKind } from '../../simulator/rest/hook-kind.ts';
import type { LieKind } from '../../simulator/rest/lies.ts';
import { IMPLAUSIBLE, type Implausible } from '../../src/domain/github-api.ts';
import { startGitHub } from '../fixtures/fake-github.ts';
import { until } from '../push/receivers.ts';
import {
  DISPATCHES,
  type LossyGitHub,
  letPass,
  openLossyGitHub,
  withoutGates,
  worldOf,
} from '../recovery/lossy-github.ts';
import { AMPLE } from '../recovery/recovered.ts';
import { sumOf } from '../samples.ts';
import { startService } from '../service.ts';

/*
 * The real process and a GitHub whose answers can't be true: it stays up, asks a limited number of times,
 * accepts and counts webhooks, says what is wrong, and finds the rest once the truth is told.
 */

const PASSES = 5;
/** A hundred pages of a log that does not go back in time, ten of lists of runs, and what can be fetched of them. */
const MOST_REQUESTS_OF_PASS = 2000;
const MOST_BYTES = 512 * 1024 ** 2;

/** Lists that go back in time. */
const TIMELINES = ['GET /app/hook/deliveries', 'GET /repos/{owner}/{repo}/actions/runs'];

async function openLying(seed: string, hooks: readonly HookKind[], kind: LieKind) {
  const world = withoutGates(worldOf(seed, { runs: 30 }));
  const lossy = await openLossyGitHub({ world, hooks, limits: AMPLE, patienceMs: 120_000 });
  const { service, github } = lossy;
  await service.stop();
  // As if recovery had begun with the world: lists are read back to there.
  letPass(service.folder, Date.now() - world.startMs);
  Object.assign(github.lies, { shares: { [kind]: 1 }, endpoints: TIMELINES });
  await service.start();
  const random = createRandom(seed);
  return { world, lossy, isLost: () => random.chance(0.4) };
}

const implausible = async ({ service }: LossyGitHub, reason: string) =>
  sumOf(await service.metrics(), 'ant_watcher_github_implausible_answers_total', { reason });

/** Waits for some passes, and checks that they do not go on without end. */
async function survive(lossy: LossyGitHub, reason: Implausible): Promise<void> {
  const { service, github } = lossy;
  await until(`no ${reason}`, async () => (await implausible(lossy, reason)) > 0);
  const passes = async () => sumOf(await service.metrics(), 'ant_watcher_recovery_passes_total');
  const [passesBefore, requestsBefore] = [await passes(), github.requests.total()];
  await until('no more passes', async () => (await passes()) >= passesBefore + PASSES);
  const count = (await passes()) - passesBefore + 1;
  const requests = github.requests.total() - requestsBefore;
  assert.ok(requests <= count * MOST_REQUESTS_OF_PASS, `${requests} requests in ${count} passes`);
  const bytes = sumOf(await service.metrics(), 'process_resident_memory_bytes');
  assert.ok(bytes > 0 && bytes < MOST_BYTES, `${bytes} bytes`);
  assert.ok((await service.get('/readyz')).ok);
  const lines = service.log.split('\n').filter((line) => line.includes('"github_answer_implausible"'));
  assert.ok(lines.some((line) => line.includes(IMPLAUSIBLE[reason])));
  const said = lines.map((line) => JSON.parse(line)).map(({ endpoint, reason: why }) => `${endpoint} ${why}`);
  assert.deepEqual(said, [...new Set(said)], 'each once');
}

for (const [kind, reason] of [
  ['same_page', 'repeated_page'],
  ['fresh_pages', 'not_older'],
] as const)
  for (const hooks of [['app'], []] as const)
    test(`links to next pages without end (${kind}) from ${hooks.length > 0 ? 'the delivery log' : 'lists of runs'}`, async () => {
      const { world, lossy, isLost } = await openLying(`endless-${kind}`, hooks, kind);
      await using _ = lossy;
      const all = [...deliveriesOf(world)];
      await lossy.send(all.slice(0, all.length / 2), isLost);
      await survive(lossy, reason);
      await lossy.send(all.slice(all.length / 2), isLost);
      lossy.github.lies.shares = {};
      assert.deepEqual((await lossy.whole(hooks.length > 0 ? [] : [DISPATCHES])).faults, []);
    });

test('runs with a hundred thousand attempts', async () => {
  const { world, lossy, isLost } = await openLying('attempts', [], 'many_attempts');
  await using _ = lossy;
  await lossy.send(deliveriesOf(world), isLost);
  await survive(lossy, 'attempts');
  const attempts = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
  assert.equal(lossy.github.requests.total(attempts), 0);
  lossy.github.lies.shares = {};
  assert.deepEqual((await lossy.whole([DISPATCHES])).faults, []);
});

test('absurd dates, limits and pages of every endpoint change no number', async () => {
  const { world, lossy, isLost } = await openLying('headers', ['app'], 'absurd_date');
  await using _ = lossy;
  const shares = { absurd_date: 1, absurd_limits: 1, wrong_count: 1, doubles: 0.2, huge_text: 0.1 };
  Object.assign(lossy.github.lies, { shares, endpoints: null });
  await lossy.send(deliveriesOf(world), isLost);
  assert.deepEqual((await lossy.whole()).faults, []);
});

test('an ETag that never changes does not hide what is new, even while GitHub sends it', async () => {
  const atMs = Date.now();
  const time = (agoMs: number) => new Date(atMs - agoMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const run = (id: number, status: string, conclusion: string | null) => ({
    ...{ id, run_attempt: 1, name: 'CI', path: '.github/workflows/ci.yml', workflow_id: 1, event: 'push' },
    ...{ status, conclusion, head_branch: 'main', head_sha: 'a'.repeat(40) },
    ...{ created_at: time(60_000), run_started_at: time(60_000), updated_at: time(0) },
  });
  const ended = { ...run(2, 'completed', 'success'), created_at: time(90_000), run_started_at: time(90_000) };
  let asked = 0;
  await using server = await startGitHub(({ path, headers }) => {
    const [name = ''] = path.split('?');
    if (name === '/repos/o/r') return { body: { full_name: 'o/r', default_branch: 'main' } };
    if (name.endsWith('/workflows')) return { body: { total_count: 0, workflows: [] } };
    if (name.endsWith('/jobs')) return { body: { total_count: 0, jobs: [] } };
    if (!name.endsWith('/runs')) return { status: 404, body: { message: 'Not Found' } };
    asked += 1;
    if (headers['if-none-match'] !== undefined) return { status: 304 };
    const workflow_runs = [run(3, 'in_progress', null), ...(asked === 1 ? [] : [ended])];
    return { body: { total_count: 1, workflow_runs }, headers: { ETag: '"always"' } };
  });
  await using service = await startService({
    env: {
      ANT_WATCHER_WEBHOOK_SECRET: '',
      ANT_WATCHER_GITHUB_API_URL: server.url,
      ANT_WATCHER_GITHUB_TOKEN: 'test-token',
      ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r',
      ANT_WATCHER_GITHUB_POLL_INTERVAL: '1s',
    },
  });
  const runs = async () => sumOf(await service.metrics(), 'github_actions_runs_total');
  await until('the run that ended is not seen', async () => (await runs()) === 1);
  const ids = { reason: 'stale_etag' };
  assert.equal(sumOf(await service.metrics(), 'ant_watcher_github_implausible_answers_total', ids), 1);
  assert.ok(asked > 20 && asked < 30, `asked ${asked} times`);
});
