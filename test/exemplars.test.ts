import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { traceId } from '../src/domain/trace-id.ts';
import { parseOpenMetrics } from './openmetrics.ts';
import { type RunningPrometheus, type StoredExemplar, startPrometheus } from './prometheus.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { type Service, startService } from './service.ts';
import { at, completed, inProgress, queued } from './traps/github.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

/*
 * From a bucket to the run behind it, with a real Prometheus that keeps exemplars, and a real VictoriaMetrics
 * that does not know them.
 */

const PATIENCE_MS = 120_000;
const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';
const [JOB_DURATION, JOB_QUEUE] = [
  'github_actions_job_duration_seconds_bucket',
  'github_actions_job_queue_seconds_bucket',
];

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    assert.ok(Date.now() < deadlineMs, what);
    await sleep(100);
  }
}

async function send(service: Service, { event, body }: { event: string; body: string }): Promise<void> {
  assert.equal((await service.post(event, JSON.parse(body))).status, 202);
}

function shown({ series, labels, value, seconds }: StoredExemplar): unknown[] {
  return [series['le'], Number(labels['job_id']), labels['trace_id'], value, seconds];
}

test('Prometheus keeps the run, the job and the trace behind each bucket, with the time of the event', async () => {
  await using service = await startService();
  await using prometheus = await startPrometheus({ ants: service.apiAddress });
  const [runId, first, second] = [17_000_000_001, 100_520_616_165, 100_520_616_166];
  for (const each of [queued(0), inProgress(8), completed(68)]) await send(service, each);
  await until('the first exemplar', async () => (await prometheus.exemplars(JOB_DURATION)).length === 1);
  const later = { id: second, run_attempt: 2, name: 'build', started_at: at(130), completed_at: at(190) };
  await send(service, completed(195, later));
  await until('the second exemplar', async () => (await prometheus.exemplars(JOB_DURATION)).length === 2);

  const seconds = (text: string, jobId: number) => (Date.parse(text) + (jobId % 1000)) / 1000;
  const stored = await prometheus.exemplars(JOB_DURATION);
  const { workflow_job: job } = JSON.parse(completed(68).body);
  const tookSeconds = (Date.parse(job.completed_at) - Date.parse(job.started_at)) / 1000;
  assert.deepEqual(stored.map(shown), [
    ['60.0', first, traceId(runId, 1), tookSeconds, seconds(job.completed_at, first)],
    ['60.0', second, traceId(runId, 2), 60, seconds(at(190), second)],
  ]);
  assert.ok(stored.every(({ labels }) => labels['run_id'] === String(runId)));
  const queue = (await prometheus.exemplars(JOB_QUEUE)).map(({ series, labels }) => [
    series['le'],
    labels['job_id'],
  ]);
  assert.deepEqual(queue[0], ['10.0', String(first)]);
});

test('of a busy service, Prometheus takes every exemplar in order and each leads to a run that is known', async () => {
  await using service = await startService();
  await using prometheus = await startPrometheus({ ants: service.apiAddress });
  using simulator = startAntWatcher(['simulate', '--speed', '60', '--url', service.webhookUrl], {
    env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret },
  });
  const all = '{__name__=~"github_actions_(run|job)_.*_bucket"}';
  await until('exemplars of runs and jobs', async () => {
    const metrics = new Set((await prometheus.exemplars(all)).map(({ series }) => series['__name__']));
    return metrics.size >= 3;
  });
  simulator.signal('SIGINT');
  await simulator.ended();
  await service.settled();
  await expectTakenInOrder(prometheus);
  const families = parseOpenMetrics(await service.exposition(OPENMETRICS));
  const exemplars = families.flatMap(({ samples }) => samples.flatMap(({ exemplar }) => exemplar ?? []));
  assert.ok(exemplars.length > 10);
  for (const { labels } of exemplars.slice(0, 20)) {
    const page = await fetch(`http://${service.apiAddress}/api/v1/runs/${labels['run_id']}`);
    assert.equal(page.status, 200);
  }
});

async function expectTakenInOrder(prometheus: RunningPrometheus): Promise<void> {
  const own = await prometheus.ownMetrics();
  assert.equal(own.get('prometheus_target_scrapes_exemplar_out_of_order_total'), 0);
  assert.equal(own.get('prometheus_tsdb_exemplar_out_of_order_exemplars_total'), 0);
  assert.ok((own.get('prometheus_tsdb_exemplar_exemplars_appended_total') ?? 0) > 0);
}

test('a VictoriaMetrics that is given OpenMetrics with exemplars stores the same series and values', async () => {
  await using service = await startService();
  for (const each of [queued(0), inProgress(8), completed(68)]) await send(service, each);
  await service.settled();
  const text = await service.exposition(OPENMETRICS);
  assert.match(text, / # \{run_id="\d+",job_id="\d+",trace_id="[0-9a-f]{32}"\} \d/);
  const server = createServer((_, response) =>
    response.setHeader('content-type', `${OPENMETRICS}; charset=utf-8`).end(text),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  try {
    await using victoria = await startVictoriaMetrics({ target: `127.0.0.1:${address.port}` });
    const name = 'github_actions_job_duration_seconds_bucket';
    const expected = parseOpenMetrics(text)
      .flatMap(({ samples }) => samples)
      .filter((sample) => sample.name === name)
      .map(({ labels, value }) => [labels['le'], labels['conclusion'], value]);
    const stored = async () =>
      (await victoria.samples(`{__name__="${name}"}`)).map(({ labels, value }) => [
        labels['le'],
        labels['conclusion'],
        value,
      ]);
    await until('the scraped series', async () => (await stored()).length >= expected.length);
    const distinct = new Map((await stored()).map((each) => [JSON.stringify(each), each]));
    assert.deepEqual([...distinct.keys()].sort(), expected.map((each) => JSON.stringify(each)).sort());
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
