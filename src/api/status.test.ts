import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { EngineReport } from '../domain/engine-health.ts';
import { AntError } from '../domain/errors.ts';
import { readingOf } from '../domain/metric.ts';
import type { ServiceStatus } from '../domain/openapi-types.ts';
import { SELF } from '../domain/own-metrics.ts';

const NOW_MS = Date.parse('2026-11-29T04:00:00Z');
const PROBLEM = { kind: 'refused', reason: 'wrong password', atMs: NOW_MS - 1000 };
const SINK = { sink: 'metrics', unit: 'samples', waiting: 7, oldestMs: NOW_MS - 4000, lastSentAtMs: null };
const REPORT = {
  queue: { pending: 2, retrying: 1, parked: 0, oldestMs: NOW_MS - 1500 },
  parked: [],
  lastProcessedAtMs: NOW_MS - 500,
  series: 17,
  sinks: [{ ...SINK, lastProblem: PROBLEM }],
  replicas: [],
  storeAheadMs: 0,
  isLogHeld: false,
  deliveries: { accepted: 9, duplicate: 1, ignored: 2, rejected: 3, lagP95Ms: 2000 },
  recovered: 4,
  storedBytes: 4096,
  beginsAtMs: NOW_MS - 86_400_000,
  retentionMs: null,
  maxSeries: 50_000,
  droppedIncrements: 0,
} as EngineReport;
const TOKEN = 'app:1';
const GITHUB = [
  readingOf(SELF.githubRemaining, [TOKEN, 'core'], 4000),
  readingOf(SELF.githubLimit, [TOKEN, 'core'], 5000),
  readingOf(SELF.githubReset, [TOKEN, 'core'], NOW_MS / 1000 + 60),
  readingOf(SELF.recoveryOldest, [], NOW_MS / 1000 - 3601),
];
const PARTS = { clock: () => NOW_MS, steady: () => NOW_MS, githubReadings: () => GITHUB };

function statusIn(text: string): ServiceStatus {
  const status = JSON.parse(text);
  assertAnswers('ServiceStatus', status);
  return status;
}

test('the status is what /health and the gauges say', async (context) => {
  const { url } = await openFixture(context, { ...PARTS, engine: { report: async () => REPORT } });
  const status = statusIn((await ask(`${url}/api/v1/status`)).text);
  assert.equal(status.status, 'degraded');
  assert.deepEqual(status.deliveries, { accepted: 9, duplicate: 1, ignored: 2, rejected: 3, lag_p95: 2 });
  assert.deepEqual(status.queue, { pending: 2, retrying: 1, parked: 0, oldest_age_seconds: 1.5 });
  assert.deepEqual(status.recovery, {
    complete_until: '2026-11-29T02:59:59.000Z',
    recovered: 4,
    problems: [],
  });
  assert.deepEqual(status.github, [
    {
      credential: TOKEN,
      resource: 'core',
      remaining: 4000,
      limit: 5000,
      resets_at: '2026-11-29T04:01:00.000Z',
    },
  ]);
  assert.equal(status.receivers[0]?.problem, 'wrong password');
  const failed = status.checks.filter(({ ok }) => !ok).map(({ name, reason }) => [name, reason]);
  assert.deepEqual(failed, [
    ['recovery', null],
    ['push', 'metrics refuses us: wrong password.'],
  ]);
  assert.equal(status.freshness.state, 'late');
  assert.equal(status.storage.retention_seconds, null);
});

test('words of other services are for those who are logged in', async (context) => {
  const access = { tokens: ['an-api-token-of-the-tests'], public: ['read' as const] };
  const refusals = () => ['o/r is closed.'];
  const engine = { report: async () => REPORT };
  const { url } = await openFixture(context, { ...PARTS, engine, access, refusals });
  const { text } = await ask(`${url}/api/v1/status`);
  statusIn(text);
  assert.doesNotMatch(text, /wrong password|closed/);
  const headers = { Authorization: 'Bearer an-api-token-of-the-tests' };
  assert.match((await ask(`${url}/api/v1/status`, { headers })).text, /wrong password.*o\/r is closed/s);
});

test('an engine that does not answer is a status, too', async (context) => {
  const unavailable = () => Promise.reject(new AntError('store_unavailable', 'The disk is full.'));
  const engine = { report: unavailable, progress: unavailable };
  const { url } = await openFixture(context, { ...PARTS, engine, githubReadings: () => [] });
  const status = statusIn((await ask(`${url}/api/v1/status`)).text);
  assert.deepEqual([status.status, status.freshness.state], ['failing', 'blind']);
  assert.deepEqual([status.deliveries, status.queue, status.recovery], [null, null, null]);
});

test('how far the first reading has come', async (context) => {
  const reading = { fromMs: NOW_MS - 86_400_000, readUntilMs: null, runsRead: 12, share: 0.25 };
  const engine = { report: async () => REPORT };
  const { url } = await openFixture(context, { ...PARTS, engine, firstRead: () => reading });
  const status = statusIn((await ask(`${url}/api/v1/status`)).text);
  const { first_read } = status;
  assert.deepEqual(first_read, {
    from: '2026-11-28T04:00:00.000Z',
    read_until: null,
    runs_read: 12,
    share: 0.25,
  });
});
