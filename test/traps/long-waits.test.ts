import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ApiResult, GitHub } from '../../src/domain/github-api.ts';
import type { ListedRun } from '../../src/domain/github-history.ts';
import { openHistory } from '../../src/github/history.ts';
import { openInquiry } from '../../src/github/inquiry.ts';
import { listRepository } from '../../src/sync/listing.ts';
import { Reconciler } from '../../src/sync/reconcile.ts';
import { surroundings } from '../fixtures/history.ts';
import { timeOf } from '../fixtures/time.ts';
import { deliveryOf, openPipeline, type Pipeline } from '../pipeline.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import {
  at,
  completed,
  linesOf,
  NOW,
  PLACE,
  queued,
  runWebhook,
  shown,
  shownInAnyOrder,
  waiting,
} from './github.ts';

/*
 * Work that waits for days at GitHub: behind a concurrency group, an approval, or a runner that does not
 * come.
 */

const DAY_MS = 86_400_000;
const REPOSITORY = 'octo-org/octo-repo';
const RUN_ID = 17_000_000_001;
const JOB_ID = 100_520_616_165;
const IN_FLIGHT = /^github_actions_(active|stale)_/;

async function inFlight(sent: Parameters<typeof shown>[0], days: number): Promise<string[]> {
  return (await shown(sent, undefined, NOW + days * DAY_MS)).filter((line) => IN_FLIGHT.test(line));
}

test('a run pending behind a concurrency group is active for as long as GitHub keeps it', async () => {
  const sent = [runWebhook('requested', -2, { status: 'pending' })];
  const active = [`github_actions_active_runs{${PLACE},status="pending"} 1`];
  for (const days of [0, 2, 34]) assert.deepEqual(await inFlight(sent, days), active, `${days} days`);
  const stale = [`github_actions_stale_runs{repository="${REPOSITORY}",status="pending"} 1`];
  assert.deepEqual(await inFlight(sent, 36), stale);
  const ended = [...sent, runWebhook('completed', 3 * 86_400, { conclusion: 'cancelled' })];
  assert.deepEqual(
    (await shownInAnyOrder(ended)).filter((line) => IN_FLIGHT.test(line)),
    [],
  );
});

test('a queued run whose job waits for an approval is active with it', async () => {
  const sent = [runWebhook('requested', -2, {}), queued(0), waiting(2)];
  const expected = [
    `github_actions_active_jobs{${PLACE},runs_on="ubuntu-latest",status="waiting"} 1`,
    `github_actions_active_runs{${PLACE},status="queued"} 1`,
  ];
  for (const days of [0, 3, 34]) assert.deepEqual(await inFlight(sent, days), expected, `${days} days`);
});

/** A GitHub with one run and one job that stay as they were. */
function openGitHub(clock: { nowMs: number }) {
  const run = {
    ...{ id: RUN_ID, run_attempt: 1, status: 'pending', conclusion: null, event: 'push', workflow_id: 1 },
    ...{ head_branch: 'main', created_at: at(-2), run_started_at: at(-2), updated_at: at(0), name: 'CI' },
  };
  const job = {
    ...{ id: JOB_ID, run_id: RUN_ID, run_attempt: 1, status: 'queued', conclusion: null, name: 'build' },
    ...{ labels: ['ubuntu-latest'], created_at: at(0), started_at: at(0), workflow_name: 'CI', steps: [] },
  };
  const answers: Readonly<Record<string, unknown>> = {
    '/repos/{owner}/{repo}': { full_name: REPOSITORY, private: false, default_branch: 'main' },
    '/repos/{owner}/{repo}/actions/workflows': { workflows: [{ id: 1, name: 'CI' }] },
    '/repos/{owner}/{repo}/actions/runs': { workflow_runs: [run] },
    '/repos/{owner}/{repo}/actions/runs/{run_id}/jobs': { jobs: [job] },
    '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}': run,
    '/repos/{owner}/{repo}/actions/jobs/{job_id}': job,
  };
  const get = async (route: string): Promise<ApiResult<unknown>> =>
    route in answers
      ? { kind: 'ok', data: answers[route], next: null, fromCache: false }
      : { kind: 'missing' };
  async function* pages(route: string) {
    yield await get(route);
  }
  const github = { get, pages } as unknown as GitHub;
  const now = () => clock.nowMs;
  return {
    history: openHistory({ github, hasApp: false, clock: now, steady: now }),
    inquiry: openInquiry(github, timeOf(now)),
  };
}

type Asking = (pipeline: Pipeline, clock: { nowMs: number }) => Promise<void>;

const WAYS: Readonly<Record<string, Asking>> = {
  async 'the list of runs'(pipeline, clock) {
    const wish = { repository: REPOSITORY, sinceMs: 0, priority: 'poll' } as const;
    const { history } = openGitHub(clock);
    const pass = await listRepository({ ...surroundings(), ...wish, history, engine: pipeline.engine });
    assert.deepEqual(
      pass.unsettled.map(({ runId }: ListedRun) => runId),
      [RUN_ID],
    );
    if (clock.nowMs > NOW) assert.equal(pass.recovered, 0, 'a confirmation is not news');
  },
  async reconciliation(pipeline, clock) {
    const { inquiry } = openGitHub(clock);
    const { logger } = surroundings();
    const options = {
      inquiry,
      engine: pipeline.engine,
      afterMs: 60_000,
      clock: () => clock.nowMs,
      steady: () => clock.nowMs,
      logger,
    };
    await new Reconciler(options).pass();
  },
};

for (const [way, ask] of Object.entries(WAYS)) {
  test(`a confirmation by ${way} keeps a job and a run active for a day, across a restart`, async () => {
    using folder = openTemporaryFolder();
    const url = `sqlite:${join(folder.path, 'waits.db')}`;
    const clock = { nowMs: NOW };
    const asOf = async (days: number, sent = [] as Parameters<typeof shown>[0], asks = true) => {
      clock.nowMs = NOW + days * DAY_MS;
      await using pipeline = await openPipeline({ url, clock });
      await pipeline.accept(sent.map((each) => deliveryOf(each, clock.nowMs)));
      await pipeline.process();
      for (let times = 0; asks && times < 3; times += 1) await ask(pipeline, clock);
      await pipeline.process();
      const { observations } = await pipeline.store.explainJob(JOB_ID);
      const lines = (await linesOf(pipeline)).filter((line) => IN_FLIGHT.test(line));
      const recovered = await pipeline.text('ant_watcher_recovered_deliveries_total');
      return { lines, sent: observations.length, recovered };
    };
    const active = [
      `github_actions_active_jobs{${PLACE},runs_on="ubuntu-latest",status="queued"} 1`,
      `github_actions_active_runs{${PLACE},status="pending"} 1`,
    ];
    const first = [runWebhook('requested', -2, { status: 'pending' }), queued(0)];
    const { recovered, ...begun } = await asOf(0, first);
    assert.deepEqual(begun.lines, active);
    assert.deepEqual((await asOf(3)).lines, active, 'confirmed a moment ago');
    assert.deepEqual((await asOf(3.9, [], false)).lines, active, 'confirmed within a day');
    const stale = [
      `github_actions_active_runs{${PLACE},status="pending"} 1`,
      `github_actions_stale_jobs{repository="${REPOSITORY}",status="queued"} 1`,
    ];
    assert.deepEqual((await asOf(4.1, [], false)).lines, stale, 'not confirmed any more');
    const again = await asOf(40);
    assert.deepEqual(again.lines, active, 'GitHub still has it');
    assert.equal(again.recovered, recovered);
    assert.ok(again.sent <= 5, `${again.sent} words, though each time was asked three times`);
    const end = [runWebhook('completed', 86_400 * 40, { conclusion: 'success' }), completed(86_400 * 40)];
    assert.deepEqual((await asOf(41, end)).lines, []);
  });
}
