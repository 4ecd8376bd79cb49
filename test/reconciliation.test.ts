import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf, type SimulatedDelivery } from '../simulator/deliveries.ts';
import { createRandom } from '../simulator/random.ts';
import { openSimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import { truthOf } from '../simulator/truth.ts';
import { pastWorld, type World } from '../simulator/world.ts';
import { countedAtOnce } from './counted-at-once.ts';
import { linesOf, parseExposition, type Samples, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * The real process, which misses many ends, next to a simulated GitHub that knows them.
 */

const HOUR_MS = 3_600_000;
const TOKEN = 'ghp_ofTheTest';
const PATIENCE_MS = 90_000;
const JOB = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}';
const ATTEMPT = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
/** GitHub's list has no end of a run: it is derived from the last job, and may be a little off. */
const OF_RUN_ENDS = /^github_actions_(run_duration_seconds_|workflow_last_)/;
/** They are checked separately. */
const RUNNERS = /^github_actions_runner(?:s|_group_last_idle)/;
const OTHERS = [
  'GET /orgs/{org}/actions/runners',
  'GET /orgs/{org}/actions/runner-groups',
  'GET /repos/{owner}/{repo}/actions/runners',
  // Tells GitHub's time.
  'GET /rate_limit',
];

/** The present, because what is in flight must not be stale. */
const endMs = Math.floor(Date.now() / 1000) * 1000;
const seed = 'lost ends';

function open(world: World) {
  return openSimulatedGitHub({ world, clock: Date.now, personalTokens: [TOKEN] });
}

function asking(url: string): Record<string, string> {
  return {
    ANT_WATCHER_GITHUB_API_URL: url,
    ANT_WATCHER_GITHUB_TOKEN: TOKEN,
    // Checked every six seconds, and asked again after a minute.
    ANT_WATCHER_RECOVERY_RECONCILE_AFTER: '60s',
  };
}

test(`ends that webhooks never reported are found by asking GitHub, each once (seed ${seed}, end ${endMs})`, async () => {
  const world = pastWorld({ seed, runs: 60, inFlight: 0.1, endMs, spanMs: 12 * HOUR_MS });
  const truth = parseExposition(truthOf(world));
  await using github = await open(world);
  using folder = openTemporaryFolder();
  const storage = `sqlite:${join(folder.path, 'ant-watcher.db')}`;
  await using deaf = await startService({ storage });
  const { lost, open: unfinished } = await sendLossy(deaf, world);
  await deaf.stop();
  // Not earlier: asking GitHub while webhooks still report it would be useless.
  await using service = await startService({ storage, env: asking(github.url) });
  const startedAtMs = Date.now();
  assert.ok(lost > 60, `${lost} lost`);

  const samples = await untilTrue(service, truth);
  assert.deepEqual(domainLines(samples), domainLines(truth));
  assert.ok(sumOf(samples, 'github_actions_active_jobs') > 0, 'what is in flight still is');
  const rounds = Math.ceil((Date.now() - startedAtMs) / 60_000);
  const [jobs, runs] = [github.requests.total(JOB), github.requests.total(ATTEMPT)];
  assert.ok(jobs > 20 && jobs <= rounds * unfinished.jobs, `${jobs} requests for ${unfinished.jobs} jobs`);
  assert.ok(runs > 5 && runs <= rounds * unfinished.runs, `${runs} requests for ${unfinished.runs} runs`);
  const [lists, others] = [
    github.requests.total(`${ATTEMPT}/jobs`),
    2 * world.population.repositories.length +
      OTHERS.reduce((sum, each) => sum + github.requests.total(each), 0),
  ];
  assert.ok(lists <= runs && github.requests.total() <= jobs + runs + lists + others);
});

test('a job unknown to GitHub leaves the jobs in flight; one in a hidden repository stays', async () => {
  const world = pastWorld({ seed, runs: 1, inFlight: 0, endMs, spanMs: 12 * HOUR_MS });
  const [known, hidden] = world.population.repositories;
  assert.ok(known && hidden);
  await using github = await open(world);
  github.hidden.add(hidden.fullName);
  await using service = await startService({ env: asking(github.url) });
  for (const [id, repository] of [known, hidden].entries()) {
    const at = new Date(endMs - HOUR_MS).toISOString();
    const job = { id: 9 + id, run_id: 5, name: 'a', status: 'queued', created_at: at, started_at: at };
    const body = {
      action: 'queued',
      workflow_job: { ...job, labels: ['x'] },
      repository: { full_name: repository.fullName },
    };
    await service.post('workflow_job', body, { guid: guidOf(endMs - HOUR_MS, id) });
  }
  const isStale = (samples: Samples) => sumOf(samples, 'github_actions_stale_jobs') > 0;
  const samples = await until(service, isStale);
  assert.deepEqual(
    [
      ...linesOf(samples, 'github_actions_stale_jobs'),
      ...linesOf(samples, 'github_actions_active_jobs'),
    ].sort(),
    [
      `github_actions_active_jobs{repository="${hidden.fullName}",workflow="unknown",runs_on="x",status="queued"} 1`,
      `github_actions_stale_jobs{repository="${known.fullName}",status="queued"} 1`,
    ],
  );
  const explained = (await (await service.get('/api/v1/explain?job=9')).json()) as {
    observations: { status: string; source: string; after: string; counted: string[]; why: string }[];
  };
  const { status, source, after, counted, why } = explained.observations.at(-1) ?? {};
  assert.deepEqual([status, source, after, counted], ['gone', 'api', 'queued', []]);
  assert.match(why ?? '', /GitHub does not know it any more/);
});

/**
 * Loses a third of the beginnings and ends of what was reported before, except for what is too recent to be
 * asked about.
 */
async function sendLossy(service: Service, world: World) {
  const random = createRandom(`${seed}/losses`);
  const unfinished = new Set<string>();
  let lost = 0;
  for (const delivery of deliveriesOf(world)) {
    const key = keyOf(delivery);
    const isLate = delivery.action === 'in_progress' || delivery.action === 'completed';
    const isOld = delivery.happenedMs < world.endMs - HOUR_MS;
    if (isOld && isLate && unfinished.has(key) && random.chance(1 / 3)) {
      lost += 1;
      continue;
    }
    if (delivery.action === 'completed') unfinished.delete(key);
    else if (key !== '') unfinished.add(key);
    const { status } = await service.post(delivery.event, delivery.body(), { guid: delivery.guid });
    assert.equal(status, 202);
  }
  const jobs = [...unfinished].filter((key) => key.startsWith('job')).length;
  return { lost, open: { jobs, runs: unfinished.size - jobs } };
}

function keyOf(delivery: SimulatedDelivery): string {
  const { workflow_job: job, workflow_run: run } = JSON.parse(delivery.body());
  if (job !== undefined) return `job ${job.id}`;
  return run === undefined ? '' : `run ${run.id} ${run.run_attempt}`;
}

function domainLines(samples: Samples): string[] {
  return countedAtOnce(samples).filter((line) => !OF_RUN_ENDS.test(line) && !RUNNERS.test(line));
}

function untilTrue(service: Service, truth: Samples): Promise<Samples> {
  const expected = domainLines(truth).join();
  return until(service, (samples) => domainLines(samples).join() === expected);
}

/** The metrics once they are as wanted, or as they are when that takes too long. */
async function until(service: Service, isWanted: (samples: Samples) => boolean): Promise<Samples> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const samples = await service.settled();
    if (isWanted(samples) || Date.now() > deadlineMs) return samples;
    await sleep(100);
  }
}

/** An id like GitHub's, made at that time. */
function guidOf(ms: number, number: number): string {
  const ticks = (BigInt(ms) + 12_219_292_800_000n) * 10_000n;
  const hex = ticks.toString(16).padStart(15, '0');
  return `${hex.slice(7)}-${hex.slice(3, 7)}-1${hex.slice(0, 3)}-8000-${String(number).padStart(12, '0')}`;
}
