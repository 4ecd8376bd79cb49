import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FLEET_METRICS } from '../src/domain/fleet-metrics.ts';
import { SELF } from '../src/domain/own-metrics.ts';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { metricOf } from './samples.ts';
import { type Service, startService } from './service.ts';
import { completed, exampleOf, inProgress, queued } from './traps/github.ts';

/*
 * What docs/prometheus.md says about the first event of a series, with a real Prometheus.
 */

const PATIENCE_MS = 120_000;
/** Present only with a login for GitHub's API, with a certificate, with receivers, or for names from outside. */
const OPEN = [
  ...[SELF.githubRequests, SELF.githubCacheHits, SELF.githubWait, SELF.recoveryPasses],
  ...[SELF.hookRangesRefreshes, SELF.tlsReloads],
  ...[SELF.samples, SELF.spans, SELF.ownSpans, SELF.pushRequests, SELF.pushSnapshots],
  ...[SELF.receiverRestarts, SELF.repeatedSamples, SELF.githubImplausible],
  ...[SELF.hookDeliveries, SELF.hookUnread],
].map(({ name }) => name);

test('metrics about ant-watcher itself are at 0 from the start', async () => {
  await using service = await startService();
  const samples = await service.metrics();
  const shown = new Set([...samples.keys()].map(metricOf));
  // Of processes that share a database server; this one shares it with nobody.
  const ofFleets = Object.values(FLEET_METRICS).map(({ name }) => name as string);
  const left = [...OPEN, ...ofFleets];
  const counters = Object.values(SELF).filter(({ type, name }) => type === 'counter' && !left.includes(name));
  assert.deepEqual(
    counters.map(({ name }) => name).filter((name) => !shown.has(name)),
    [],
  );
  for (const reason of ['wrong_signature', 'missing_signature', 'rate_limited', 'store_unavailable'])
    assert.equal(samples.get(`ant_watcher_rejections_total{reason="${reason}"}`), 0, reason);
});

test('Prometheus sees the first failure of a job, and the first wrong signature, as an increase of 1', async () => {
  await using service = await startService();
  await using prometheus = await startPrometheus({ ants: service.apiAddress });
  await send(service, queued(0));
  await scrapedSince(prometheus, Date.now());

  await send(service, inProgress(8));
  const step = { name: 'Run make', status: 'completed', conclusion: 'failure', number: 1 };
  await send(service, completed(68, { conclusion: 'failure', steps: [step] }));
  const { status } = await service.post('workflow_job', exampleOf('workflow_job', 2), {
    secret: 'not the secret',
  });
  assert.equal(status, 401);
  await scrapedSince(prometheus, Date.now());

  for (const first of [
    'github_actions_jobs_total{job_name="build",conclusion="failure"}',
    'github_actions_job_failures_total{job_name="build",cause="step"}',
    'ant_watcher_rejections_total{reason="wrong_signature"}',
    'ant_watcher_log_events_total{level="warn",code="request_refused"}',
  ])
    assert.deepEqual(await increase(prometheus, first), [1], first);
});

test('the first event of an unannounced series is seen by the query in the documents', async () => {
  await using service = await startService();
  await using prometheus = await startPrometheus({ ants: service.apiAddress });
  await scrapedSince(prometheus, Date.now());
  await service.post('workflow_dispatch', exampleOf('workflow_dispatch', 0));
  await scrapedSince(prometheus, Date.now());
  await scrapedSince(prometheus, Date.now());
  const dispatches = 'github_actions_dispatches_total';
  assert.deepEqual(await increase(prometheus, dispatches), [0]);
  const since = `${dispatches} - (${dispatches} offset 1h or ${dispatches} * 0)`;
  assert.deepEqual(await valuesOf(prometheus, since), [1]);
});

async function send(service: Service, { event, body }: { event: string; body: string }): Promise<void> {
  const { status, text } = await service.post(event, JSON.parse(body));
  assert.equal(status, 202, text);
  await service.settled();
}

/** At the time of its last sample there is nothing to extrapolate. */
async function increase(prometheus: RunningPrometheus, selector: string): Promise<number[]> {
  const [atS] = await valuesOf(prometheus, `timestamp(${selector})`);
  const found = await prometheus.query(`increase(${selector}[1h])`, atS);
  return found.map(({ value }) => value);
}

async function valuesOf(prometheus: RunningPrometheus, expression: string): Promise<number[]> {
  return (await prometheus.query(expression)).map(({ value }) => value);
}

/** Resolves once a scrape is stored that began after `sinceMs`. */
async function scrapedSince(prometheus: RunningPrometheus, sinceMs: number): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const [atS = 0] = await valuesOf(prometheus, 'timestamp(up{job="ants"})');
    if (atS * 1000 > sinceMs) return;
    assert.ok(Date.now() < deadlineMs, 'Prometheus does not scrape');
    await sleep(100);
  }
}
