import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { parse } from 'yaml';
import { AUDIENCE, startIssuer } from '../fixtures/oidc-issuer.ts';
import { peerPath } from '../peers.ts';
import { expectNoComplaint } from '../promtool.ts';
import { until } from '../push/receivers.ts';
import { type Service, startService } from '../service.ts';
import { startVictoriaMetrics } from '../victoria-metrics.ts';

const DOCUMENT = new URL('../../docs/job-numbers.md', import.meta.url);
const NUMBERS = '{__name__=~"job_.*"}';
const TOKEN = 'an-api-token-of-the-tests';

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The step of the workflow in the document. */
function documentedStep(): Step {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  const steps: Step[] = parse(yaml).jobs.test.steps;
  const step = steps.find(({ name }) => name === 'Report numbers');
  assert.ok(step !== undefined, 'docs/job-numbers.md has a step that hands in numbers');
  return step;
}

/** Runs a step as the runner does with `shell: bash`, and with curl, which every runner has. */
async function runStep(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const file = join(cwd, 'step.sh');
  writeFileSync(file, script);
  const PATH = [process.env['PATH'], dirname(peerPath('curl'))].join(delimiter);
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

function linesOfJobs(exposition: string): string[] {
  return exposition.split('\n').filter((line) => line.startsWith('job_'));
}

async function push(service: Service, query: string, body: string): Promise<number> {
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'text/plain' };
  const url = `http://${service.apiAddress}/push?repository=octo/hill&workflow=CI${query}`;
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

/** `/metrics` once everything is processed. */
async function exposed(service: Service): Promise<string> {
  await service.settled();
  return service.exposition();
}

test('the documented step pushes numbers, which are exposed and forwarded, and retrying changes nothing', async () => {
  await using issuer = await startIssuer();
  await using victoria = await startVictoriaMetrics();
  await using service = await startService({
    token: TOKEN,
    env: {
      ANT_WATCHER_JOBS_OIDC_ISSUER: issuer.issuer,
      ANT_WATCHER_JOBS_OIDC_AUDIENCE: AUDIENCE,
      ANT_WATCHER_JOBS_ALLOWED_OWNERS: '70',
      ANT_WATCHER_PUSH_URL: victoria.url,
    },
  });
  const { run, env } = documentedStep();
  assert.equal(env['AUDIENCE'], AUDIENCE);
  writeFileSync(join(service.folder, 'app.log'), 'x'.repeat(1234));
  const job = { ...issuer.jobEnvironment, ...env, ANT_WATCHER_URL: `http://${service.apiAddress}` };
  const beganAtMs = Date.now();
  for (const outcome of ['accepted', 'duplicate']) {
    const { code, stdout, stderr } = await runStep(run, service.folder, job);
    assert.deepEqual([code, stderr], [0, '']);
    const [mask = '', answer = ''] = stdout.split('\n');
    assert.match(mask, /^::add-mask::eyJ/);
    assert.deepEqual(JSON.parse(answer), { outcome, repository: 'octo/hill', workflow: 'CI', numbers: 3 });
  }
  assert.deepEqual(linesOfJobs(await exposed(service)), [
    'job_coverage_ratio{repository="octo/hill",workflow="CI",suite="unit"} 0.874',
    'job_log_size_bytes{repository="octo/hill",workflow="CI"} 1234',
    'job_tests_total{repository="octo/hill",workflow="CI",suite="unit"} 128',
  ]);
  expectNoComplaint(await service.exposition());
  const endedAtMs = Date.now();
  await service.stop();
  await until('The samples are not there.', async () => (await victoria.samples(NUMBERS)).length >= 3);
  const samples = await victoria.samples(NUMBERS);
  assert.deepEqual(samples.map(({ value }) => value).sort(), [0.874, 1234, 128].sort());
  for (const { labels, atMs } of samples) {
    assert.equal(labels['repository'], 'octo/hill');
    assert.ok(atMs >= beganAtMs - 1000 && atMs <= endedAtMs + 1000);
  }
});

test('the step fails for a job that may not push, and says why', async () => {
  await using issuer = await startIssuer();
  await using service = await startService({
    env: {
      ANT_WATCHER_JOBS_OIDC_ISSUER: issuer.issuer,
      ANT_WATCHER_JOBS_OIDC_AUDIENCE: AUDIENCE,
      ANT_WATCHER_JOBS_ALLOWED_REPOSITORIES: '701',
    },
  });
  const { run, env } = documentedStep();
  writeFileSync(join(service.folder, 'app.log'), '');
  const job = { ...issuer.jobEnvironment, ...env, ANT_WATCHER_URL: `http://${service.apiAddress}` };
  const { code, stdout } = await runStep(run, service.folder, job);
  assert.equal(code, 22);
  assert.match(stdout, /"code":"repository_not_allowed"/);
  assert.deepEqual(linesOfJobs(await service.exposition()), []);
});

test('whenever it is killed, each push counts once and no answered push is lost', async () => {
  await using service = await startService({ token: TOKEN });
  const runs = Array.from({ length: 60 }, (_, index) => index + 1);
  for (const run of runs) {
    const query = `&run_id=${run}`;
    const body = `runs_total 1\nlatest_run ${run}\n`;
    const first = push(service, query, body).catch(() => null);
    if (run % 12 === 0) {
      await new Promise((resolve) => setTimeout(resolve, run % 5));
      await service.kill();
      await service.start();
    }
    const status = await first;
    assert.ok([200, 202, null].includes(status));
    const again = await push(service, query, body);
    if (status !== null) assert.equal(again, 200);
    else assert.ok([200, 202].includes(again));
  }
  const lines = [
    'job_latest_run{repository="octo/hill",workflow="CI"} 60',
    'job_runs_total{repository="octo/hill",workflow="CI"} 60',
  ];
  assert.deepEqual(linesOfJobs(await exposed(service)), lines);
  await service.stop();
  await service.start();
  for (const run of runs)
    assert.equal(await push(service, `&run_id=${run}`, `runs_total 1\nlatest_run ${run}\n`), 200);
  assert.deepEqual(linesOfJobs(await exposed(service)), lines);
});

test('series made up by jobs are limited together with all others', async () => {
  await using service = await startService({
    token: TOKEN,
    env: { ANT_WATCHER_METRICS_MAX_SERIES: '3' },
  });
  for (const run of [1, 2, 3, 4, 5]) {
    assert.equal(await push(service, `&run_id=${run}`, `tests_total{shard="${run}"} 1\n`), 202);
    await exposed(service);
  }
  const lines = linesOfJobs(await exposed(service));
  assert.equal(lines.length, 4);
  assert.equal(lines[0], 'job_tests_total{repository="__other__",workflow="__other__"} 2');
});

test('a counter counts as far as its sums are exact, and a push beyond that is refused and counted', async () => {
  await using service = await startService({ token: TOKEN });
  const most = Array.from({ length: 9 }, (_, index) =>
    push(service, `&run_id=${index + 1}`, 'bytes_total 1e15'),
  );
  assert.deepEqual(await Promise.all(most), Array(9).fill(202));
  assert.deepEqual(linesOfJobs(await exposed(service)), [
    'job_bytes_total{repository="octo/hill",workflow="CI"} 9000000000000000',
  ]);
  const refused = ['1e15', '7199254740993', '9007199254740993', '1e400', '-1', 'NaN', '+Inf', '0x10'];
  for (const [index, value] of refused.entries())
    assert.equal(await push(service, `&run_id=1${index}`, `bytes_total ${value}`), 400, value);
  assert.equal(await push(service, '&run_id=20', 'bytes_total 7199254740992'), 202);
  await service.settled();
  assert.equal(await push(service, '&run_id=20', 'bytes_total 7199254740992'), 200, 'only repeated');
  assert.equal(await push(service, '&run_id=21', 'bytes_total 1'), 400);
  assert.equal(
    await push(service, '&run_id=22', 'tiny 5e-324\nlarge -1e15\nfraction 999999999999999.9'),
    202,
  );
  await service.settled();
  await service.kill();
  await service.start();
  const shown = await exposed(service);
  assert.deepEqual(linesOfJobs(shown), [
    'job_bytes_total{repository="octo/hill",workflow="CI"} 9007199254740992',
    'job_fraction{repository="octo/hill",workflow="CI"} 999999999999999.9',
    'job_large{repository="octo/hill",workflow="CI"} -1000000000000000',
    'job_tiny{repository="octo/hill",workflow="CI"} 5e-324',
  ]);
  expectNoComplaint(shown);
  assert.match(shown, /^ant_watcher_job_pushes_total\{outcome="invalid"\} 9$/m);
});
