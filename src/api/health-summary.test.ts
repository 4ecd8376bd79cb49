import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineHealth } from '../domain/engine-health.ts';
import { type HealthFacts, summariseHealth } from './health-summary.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const QUEUE = { pending: 2, retrying: 1, parked: 0, oldestMs: NOW_MS - 1500 };
const ENGINE: EngineHealth = {
  queue: QUEUE,
  parked: [],
  lastProcessedAtMs: NOW_MS - 500,
  series: 17,
  sinks: [],
  isLogHeld: false,
  replicas: [],
  storeAheadMs: 0,
};
const FACTS: HealthFacts = {
  version: '1.2.3',
  nowMs: NOW_MS,
  uptimeMs: 90_500,
  readiness: { ok: true },
  intake: 'webhooks',
  lastAcceptedAtMs: NOW_MS - 1000,
  engine: ENGINE,
  refusals: [],
  leftOut: [],
  clockProblem: null,
  clockSteppedAtMs: null,
  isTrusted: true,
};

function parkedDelivery(guid: string) {
  const about = { event: 'workflow_job', action: 'queued', attempts: 8, error: 'no' };
  return { guid, ...about, receivedAtMs: NOW_MS - 3000, parkedAtMs: NOW_MS - 2000 };
}

test('a machine whose clock is more than two seconds from that of the database is told', () => {
  const of = (storeAheadMs: number) =>
    summariseHealth({ ...FACTS, isTrusted: false, engine: { ...ENGINE, storeAheadMs } });
  assert.deepEqual([of(2000).status, of(-2000).checks.clock], ['ok', { ok: true }]);
  assert.equal(of(2001).status, 'degraded');
  assert.match(of(3000).checks.clock.reason ?? '', /3 s behind that of the database/);
  assert.match(of(-4000).checks.clock.reason ?? '', /4 s ahead of that of the database/);
});

test('replicas are shown to who may see them; after ten minutes all have the same settings', () => {
  const engine = FACTS.engine ?? assert.fail();
  const replica = (host: string, configHash: string, ageMs: number) => ({
    ...{ id: 1, host, version: '1', configHash, isSelf: host === 'a', leads: host === 'a', behind: 2 },
    ...{ startedAtMs: NOW_MS - ageMs, seenAtMs: NOW_MS - 1000 },
  });
  const of = (replicas: readonly ReturnType<typeof replica>[], isTrusted = true) =>
    summariseHealth({ ...FACTS, isTrusted, engine: { ...engine, replicas } });
  const old = replica('a', 'x', 700_000);
  const changing = of([old, replica('b', 'y', 500_000)]);
  assert.deepEqual([changing.status, changing.replicas?.map(({ host }) => host)], ['ok', ['a', 'b']]);
  assert.equal(of([old], false).replicas, undefined);
  const differing = of([old, replica('b', 'y', 700_000)]);
  assert.deepEqual([differing.status, differing.checks.replicas.ok], ['degraded', false]);
  assert.match(differing.checks.replicas.reason ?? '', /settings of a, b differ/);
});

test('the summary has every part of the state', () => {
  assert.deepEqual(summariseHealth(FACTS), {
    status: 'ok',
    version: '1.2.3',
    started_at: '2026-11-23T11:58:29.500Z',
    intake: 'webhooks',
    uptime_seconds: 90,
    last_delivery_accepted_at: '2026-11-23T11:59:59.000Z',
    last_clock_step_at: null,
    last_delivery_processed_at: '2026-11-23T11:59:59.500Z',
    queue: { pending: 2, retrying: 1, parked: 0, oldest_age_seconds: 1.5 },
    parked: [],
    series: 17,
    push: [],
    checks: {
      ready: { ok: true },
      engine: { ok: true },
      parked: { ok: true },
      queue: { ok: true },
      push: { ok: true },
      github: { ok: true },
      database: { ok: true },
      replicas: { ok: true },
      clock: { ok: true },
    },
  });
});

test('a program that makes the log of the database grow degrades health', () => {
  const { status, checks } = summariseHealth({ ...FACTS, engine: { ...ENGINE, isLogHeld: true } });
  assert.deepEqual([status, checks.database.ok], ['degraded', false]);
});

test('a wrong system clock degrades health', () => {
  const clockProblem = 'The clock of the machine is 3600 s ahead.';
  const { status, checks } = summariseHealth({ ...FACTS, clockProblem, isTrusted: false });
  assert.deepEqual([status, checks.clock], ['degraded', { ok: false, reason: clockProblem }]);
});

test('a receiver that accepts nothing for 15 minutes degrades health, and is shown with its last problem', () => {
  const sink = (minutes: number) => ({
    sink: 'remote_write',
    unit: 'samples' as const,
    waiting: 7,
    oldestMs: NOW_MS - minutes * 60_000,
    lastSentAtMs: null,
    lastProblem: { kind: 'retry', reason: 'HTTP 503', atMs: NOW_MS - 1000 },
  });
  const { status } = summariseHealth({ ...FACTS, engine: { ...ENGINE, sinks: [sink(15)] } });
  assert.equal(status, 'ok');
  const late = summariseHealth({ ...FACTS, engine: { ...ENGINE, sinks: [sink(16)] } });
  assert.equal(late.status, 'degraded');
  assert.deepEqual(late.checks.push, {
    ok: false,
    reason: 'Samples have waited 16 minutes for remote_write: HTTP 503.',
  });
  assert.deepEqual(late.push, [
    {
      sink: 'remote_write',
      waiting_samples: 7,
      oldest_age_seconds: 960,
      last_sent_at: null,
      last_problem: { outcome: 'retry', reason: 'HTTP 503', at: '2026-11-23T11:59:59.000Z' },
    },
  ]);
});

test('a collector that has taken no spans for an hour is said, with what it answers', () => {
  const sink = {
    ...{ sink: 'tempo', unit: 'spans' as const, waiting: 9000, oldestMs: NOW_MS - 3_600_000 },
    ...{
      lastSentAtMs: NOW_MS - 3_700_000,
      lastProblem: { kind: 'retry', reason: '503 full', atMs: NOW_MS - 1000 },
    },
  };
  const summary = (lastSentAtMs: number) =>
    summariseHealth({ ...FACTS, engine: { ...ENGINE, sinks: [{ ...sink, lastSentAtMs }] } });
  const told = summary(NOW_MS - 3_700_000);
  assert.deepEqual(told.checks.push, {
    ok: false,
    reason: 'Spans have waited 60 minutes for tempo: 503 full.',
  });
  const [shown] = told.push ?? [];
  assert.deepEqual(Object.entries(shown ?? {})[1], ['waiting_spans', 9000]);
  // It takes them now, and has not come to the latest.
  assert.equal(summary(NOW_MS).checks.push.reason, 'Spans have waited 60 minutes for tempo.');
});

test('a receiver that refuses our credentials degrades health at once, until it accepts something', () => {
  const lastProblem = { kind: 'refused', reason: '401 no', atMs: NOW_MS - 1000 };
  const sink = { sink: 'vm', unit: 'samples' as const, waiting: 3, oldestMs: NOW_MS - 2000, lastProblem };
  const told = (lastSentAtMs: number | null) =>
    summariseHealth({ ...FACTS, engine: { ...ENGINE, sinks: [{ ...sink, lastSentAtMs }] } });
  for (const before of [null, NOW_MS - 2000, NOW_MS - 1000]) {
    assert.equal(told(before).status, 'degraded');
    assert.deepEqual(told(before).checks.push, { ok: false, reason: 'vm refuses us: 401 no.' });
  }
  assert.equal(told(NOW_MS - 999).status, 'ok');
});

for (const intake of ['webhooks', 'polling'] as const) {
  test(`with ${intake}, a credential that GitHub refuses degrades health`, () => {
    const refusals = ['GitHub refuses token (401 no): renew github.token.'];
    const { status, checks } = summariseHealth({ ...FACTS, intake, refusals });
    assert.deepEqual([status, checks.github], ['degraded', { ok: false, reason: refusals[0] }]);
  });
}

test('a bill that GitHub does not show degrades nothing, and is named for those who are logged in', () => {
  const leftOut = ["The bill of octo can't be read (GitHub answered 404)."];
  const { status, checks } = summariseHealth({ ...FACTS, leftOut });
  assert.deepEqual([status, checks.github], ['ok', { ok: true, reason: leftOut[0] }]);
  const both = summariseHealth({ ...FACTS, leftOut, refusals: ['o/r is closed.'] });
  assert.deepEqual(both.checks.github, { ok: false, reason: `o/r is closed. ${leftOut[0]}` });
  assert.deepEqual(summariseHealth({ ...FACTS, leftOut, isTrusted: false }).checks.github, { ok: true });
});

test('parked deliveries degrade it, and the first 20 are shown', () => {
  const parked = Array.from({ length: 25 }, (_, index) => parkedDelivery(String(index)));
  const summary = summariseHealth({
    ...FACTS,
    engine: { ...ENGINE, queue: { ...QUEUE, parked: 25 }, parked },
  });
  assert.equal(summary.status, 'degraded');
  assert.equal(summary.queue?.parked, 25);
  assert.equal(summary.parked?.length, 20);
  assert.deepEqual(summary.parked?.[0], {
    guid: '0',
    event: 'workflow_job',
    action: 'queued',
    attempts: 8,
    error: 'no',
    received_at: '2026-11-23T11:59:57.000Z',
    parked_at: '2026-11-23T11:59:58.000Z',
  });
});

for (const [ageMs, status] of [
  [60_000, 'ok'],
  [60_001, 'degraded'],
] as const) {
  test(`an oldest delivery of ${ageMs} ms is ${status}`, () => {
    const queue = { ...QUEUE, oldestMs: NOW_MS - ageMs };
    assert.equal(summariseHealth({ ...FACTS, engine: { ...ENGINE, queue } }).status, status);
  });
}

test('an empty queue has no oldest delivery', () => {
  const engine = { ...ENGINE, queue: { ...QUEUE, oldestMs: null }, lastProcessedAtMs: null };
  const summary = summariseHealth({ ...FACTS, engine, lastAcceptedAtMs: null });
  assert.equal(summary.queue?.oldest_age_seconds, null);
  assert.equal(summary.last_delivery_processed_at, null);
  assert.equal(summary.last_delivery_accepted_at, null);
});

test('health fails when no delivery can be accepted, or the engine does not answer', () => {
  assert.equal(summariseHealth({ ...FACTS, readiness: { ok: false, reason: 'why' } }).status, 'failing');
  const silent = summariseHealth({ ...FACTS, engine: null });
  assert.deepEqual([silent.status, silent.queue, silent.checks.engine], ['failing', null, { ok: false }]);
});

test('an untrusted client sees how many deliveries are parked, but not which', () => {
  const engine = { ...ENGINE, queue: { ...QUEUE, parked: 1 }, parked: [parkedDelivery('a-guid')] };
  const summary = summariseHealth({ ...FACTS, engine, isTrusted: false });
  assert.equal(summary.queue?.parked, 1);
  assert.doesNotMatch(JSON.stringify(summary), /a-guid/);
});
