import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { pastWorld } from '../simulator/world.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * From an alert to the job: the real process, its API, and the command that asks it.
 */

const HOUR_MS = 3_600_000;
const SEED = 'which one';
const endMs = Math.floor(Date.now() / 1000) * 1000;

interface Shown {
  readonly job_id: number;
  readonly repository: string;
  readonly workflow: string;
  readonly job_name: string;
  readonly runs_on: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly waiting_seconds: number | null;
  readonly queue_seconds: number | null;
  readonly duration_seconds: number | null;
  readonly url: string;
}

async function list(service: Service, parameters: string): Promise<Shown[]> {
  const jobs: Shown[] = [];
  let cursor = '';
  do {
    const response = await service.get(`/api/v1/jobs?limit=50&${parameters}${cursor && `&cursor=${cursor}`}`);
    assert.equal(response.status, 200);
    const answer = (await response.json()) as { jobs: Shown[]; cursor: string | null };
    jobs.push(...answer.jobs);
    cursor = answer.cursor ?? '';
  } while (cursor !== '');
  return jobs;
}

test(`lists of jobs agree with the metrics, also after a restart (seed ${SEED}, end ${endMs})`, async () => {
  const world = pastWorld({ seed: SEED, runs: 60, inFlight: 0.4, endMs, spanMs: 12 * HOUR_MS });
  await using service = await startService();
  for (const { event, guid, body } of deliveriesOf(world)) await service.post(event, body(), { guid });
  await expectAgreement(service);
  await service.stop();
  await service.start();
  await expectAgreement(service);
});

async function expectAgreement(service: Service): Promise<void> {
  const samples = await service.settled();
  const open = await list(service, '');
  assert.equal(open.length, sumOf(samples, 'github_actions_active_jobs'));
  assert.ok(open.length > 10, `${open.length} jobs in flight`);
  for (const { status, runs_on, repository } of open) {
    const labels = { status, runs_on, repository };
    const query = new URLSearchParams(labels);
    assert.equal(
      (await list(service, `${query}`)).length,
      sumOf(samples, 'github_actions_active_jobs', labels),
    );
    const [first] = await list(service, `status=${status}&runs_on=${encodeURIComponent(runs_on)}`);
    const oldest = sumOf(samples, 'github_actions_oldest_active_job_timestamp_seconds', { status, runs_on });
    const agedS = Date.now() / 1000 - oldest;
    assert.ok(Math.abs((first?.waiting_seconds ?? 0) - agedS) < 30, `${first?.waiting_seconds} of ${agedS}`);
  }
  const ended = await list(service, 'status=completed&from=-2d&sort=-duration_seconds');
  assert.equal(ended.length, sumOf(samples, 'github_actions_jobs_total'));
  const sum = (of: (job: Shown) => number | null) => ended.reduce((total, job) => total + (of(job) ?? 0), 0);
  assert.equal(
    sum((job) => job.duration_seconds),
    sumOf(samples, 'github_actions_job_duration_seconds_sum'),
  );
  const started = [...ended, ...open].filter(({ queue_seconds }) => queue_seconds !== null);
  assert.equal(started.length, sumOf(samples, 'github_actions_job_queue_seconds_count'));
  assert.equal(
    started.reduce((total, job) => total + (job.queue_seconds ?? 0), 0),
    sumOf(samples, 'github_actions_job_queue_seconds_sum'),
  );
  const failures = await list(service, 'conclusion=failure&from=-2d');
  assert.equal(failures.length, sumOf(samples, 'github_actions_jobs_total', { conclusion: 'failure' }));
  const [failed] = failures;
  assert.ok(failed);
  const { repository, workflow, job_name } = failed;
  const query = new URLSearchParams({ repository, workflow, job_name, conclusion: 'failure', from: '-2d' });
  assert.equal(
    (await list(service, `${query}`)).length,
    sumOf(samples, 'github_actions_jobs_total', { repository, workflow, job_name, conclusion: 'failure' }),
  );
}

test('the command lists the jobs behind an alert, and ghosts only on request', async () => {
  await using service = await startService();
  const started_at = new Date(endMs - 3 * HOUR_MS).toISOString();
  const job = {
    id: 7,
    run_id: 5,
    workflow_name: 'CI',
    name: 'build (1)',
    status: 'queued',
    labels: ['self-hosted', 'gpu'],
  };
  const ghost = new Date(endMs - 40 * HOUR_MS).toISOString();
  for (const each of [
    { ...job, created_at: started_at, started_at },
    { ...job, id: 8, created_at: ghost, started_at: ghost },
  ])
    await service.post('workflow_job', {
      action: 'queued',
      workflow_job: each,
      repository: { full_name: 'o/r' },
    });
  await service.settled();
  const run = async (...args: string[]) => {
    using command = startAntWatcher(['jobs', '--url', `http://${service.apiAddress}`, ...args]);
    return await command.ended();
  };
  const table = await run('--status', 'queued', '--runs-on', 'self-hosted,gpu');
  assert.equal(table.code, 0, table.stderr);
  const [titles, line, ...rest] = table.stdout.trimEnd().split('\n');
  assert.match(titles ?? '', /^AGE +STATUS +RUNS ON +RUNNER +REPOSITORY +WORKFLOW +JOB +URL$/);
  assert.match(
    line ?? '',
    /^3h( 1m)? +queued +self-hosted,gpu +- +o\/r +CI +build \(1\) +https:\/\/github\.com\/o\/r\/actions\/runs\/5\/job\/7$/,
  );
  assert.deepEqual(rest, []);
  assert.match((await run('--stale')).stdout, /\/job\/8$/m);
  const json = JSON.parse((await run('--json', '--label', 'gpu')).stdout) as { jobs: Shown[] };
  assert.deepEqual(
    json.jobs.map(({ job_id }) => job_id),
    [7],
  );
  assert.equal((await run('--conclusion', 'failure')).stdout.slice(0, 12), 'No such jobs');
  const unknown = await run('--repository-label', 'team=web');
  assert.deepEqual(
    [unknown.code, /name_unknown.* Repositories have no labels/.test(unknown.stderr)],
    [2, true],
    unknown.stderr,
  );
  assert.match((await run('--branch', 'main')).stderr, /There are pull_request, merge_queue, default, other/);
  const wrong = await run('--sort', 'age');
  assert.deepEqual(
    [wrong.code, /sort must be one of created_at/.test(wrong.stderr)],
    [2, true],
    wrong.stderr,
  );
  assert.equal((await run('--stauts', 'queued')).code, 2);
});

test('the labels of an alert find its jobs where configured patterns made those labels', async () => {
  await using service = await startService({ env: { ANT_WATCHER_METRICS_LABEL_PATTERNS: 'runs_on=vm-*' } });
  const created_at = new Date(endMs - HOUR_MS).toISOString();
  for (const [id, label] of ['vm-k3x9f', 'vm-p0qrs'].entries()) {
    const job = { id: id + 1, run_id: 5, name: 'build', status: 'queued', labels: [label], created_at };
    await service.post('workflow_job', {
      ...{ action: 'queued', workflow_job: { ...job, started_at: created_at } },
      repository: { full_name: 'o/r' },
    });
  }
  const samples = await service.settled();
  assert.equal(sumOf(samples, 'github_actions_active_jobs', { runs_on: 'vm-*' }), 2);
  assert.equal((await list(service, 'status=queued&runs_on=vm-*')).length, 2);
});
