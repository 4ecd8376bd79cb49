import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PRIORITIES, type Priority } from '../../domain/github-api.ts';
import {
  admit,
  answered,
  type Budget,
  type BudgetDecision,
  ended,
  laneOf,
  NEW_BUDGET,
  slowedDown,
  started,
  usedUp,
} from './budget.ts';

const HOUR = 3_600_000;
const NOW = 1_700_000_000_000;

function ask(budget: Budget, priority: Priority, nowMs: number, reserve = 0.2): BudgetDecision {
  return admit(budget, { resource: 'core', priority, reserve, nowMs });
}

/** A budget after an answer with these values. */
function heard(remaining: number, limit = 1000, resetMs = NOW + HOUR): Budget {
  return answered(started(NEW_BUDGET, 'core', NOW), 'core', 'core', { limit, remaining, resetMs });
}

test('before the first answer one request is sent, and the others follow it', () => {
  assert.equal(ask(NEW_BUDGET, 'poll', NOW).kind, 'go');
  const first = started(NEW_BUDGET, 'core', NOW);
  assert.deepEqual(ask(first, 'recovery', NOW), { kind: 'paced', atMs: null });
  assert.equal(ask(ended(first, 'core'), 'recovery', NOW).kind, 'go');
});

test('a server that reports no limits has none', () => {
  let budget = answered(started(NEW_BUDGET, 'core', NOW), 'core', 'core', null);
  for (let i = 0; i < 1000; i++) {
    assert.equal(ask(budget, 'poll', NOW).kind, 'go');
    budget = started(budget, 'core', NOW);
  }
});

test('each priority leaves the share of more urgent ones alone', () => {
  const spent = { kind: 'spent', atMs: NOW + HOUR };
  assert.deepEqual(ask(heard(400), 'poll', NOW), spent);
  assert.equal(ask(heard(401), 'poll', NOW).kind, 'paced');
  assert.deepEqual(ask(heard(200), 'reconcile', NOW), spent);
  assert.equal(ask(heard(201), 'reconcile', NOW).kind, 'paced');
  assert.equal(ask(heard(1), 'recovery', NOW).kind, 'go');
  assert.deepEqual(ask(heard(0), 'recovery', NOW), spent);
  assert.equal(ask(heard(0), 'poll', NOW + HOUR).kind, 'go');
});

test('half of the usable quota is spent freely, the rest is spread up to the reset', () => {
  assert.equal(ask(heard(601), 'reconcile', NOW).kind, 'go');
  assert.deepEqual(ask(heard(600), 'reconcile', NOW), { kind: 'paced', atMs: NOW + HOUR / 400 });
  assert.deepEqual(ask(heard(300), 'reconcile', NOW), { kind: 'paced', atMs: NOW + HOUR / 100 });
});

test('out-of-order answers do not restore spent quota; a new window does', () => {
  const remaining = (budget: Budget) => laneOf(budget, 'core').quota?.remaining;
  const quota = { limit: 1000, remaining: 500, resetMs: NOW + HOUR };
  const budget = heard(499);
  assert.equal(remaining(answered(budget, 'core', 'core', quota)), 499);
  assert.equal(remaining(answered(budget, 'core', 'core', { ...quota, resetMs: NOW + HOUR + 1000 })), 499);
  assert.equal(remaining(answered(budget, 'core', 'core', { ...quota, resetMs: NOW + 2 * HOUR })), 500);
  assert.equal(remaining(answered(budget, 'core', 'core', { ...quota, resetMs: NOW })), 499);
  assert.equal(remaining(answered(budget, 'core', 'core', null)), 499);
});

test('quota that GitHub counts for another resource is recorded for that one', () => {
  const budget = answered(heard(7), 'core', 'search', { limit: 30, remaining: 0, resetMs: NOW + 60_000 });
  assert.equal(ask(budget, 'recovery', NOW).kind, 'go');
  const search = { resource: 'search', priority: 'recovery', reserve: 0.2, nowMs: NOW } as const;
  assert.deepEqual(admit(budget, search), { kind: 'spent', atMs: NOW + 60_000 });
});

test('a refusal for an exhausted limit closes the window', () => {
  assert.deepEqual(ask(usedUp(heard(900), 'core'), 'recovery', NOW), { kind: 'spent', atMs: NOW + HOUR });
});

test('pauses after too many concurrent requests grow while they follow one another', () => {
  const stops: number[] = [];
  let budget = heard(900);
  let nowMs = NOW;
  for (let i = 0; i < 8; i++) {
    budget = slowedDown(budget, null, nowMs);
    stops.push((budget.stoppedUntilMs - nowMs) / 60_000);
    // Requests under way by then are refused as well.
    budget = slowedDown(budget, null, nowMs);
    nowMs = budget.stoppedUntilMs;
  }
  assert.deepEqual(stops, [1, 2, 4, 8, 16, 32, 60, 60]);
  budget = slowedDown(budget, null, budget.calmAtMs);
  assert.equal(budget.strikes, 1);
  const asked = slowedDown(heard(900), 7000, NOW);
  assert.equal(asked.stoppedUntilMs, NOW + 7000);
  assert.equal(slowedDown(asked, 1000, NOW).stoppedUntilMs, NOW + 7000);
  assert.equal(slowedDown(heard(900), 10 * HOUR, NOW).stoppedUntilMs, NOW + HOUR);
});

test('a first reading is paced later than other polls, and keeps as much for others', () => {
  const kindAt = (priority: Priority, remaining: number) =>
    ask(started(heard(remaining), 'core', NOW), priority, NOW).kind;
  assert.deepEqual([kindAt('poll', 700), kindAt('first_read', 700)], ['paced', 'go']);
  assert.deepEqual([kindAt('poll', 460), kindAt('first_read', 460)], ['paced', 'paced']);
  assert.deepEqual([kindAt('poll', 401), kindAt('first_read', 401)], ['spent', 'spent']);
});

const PRIORITY = fc.constantFrom<Priority>(...PRIORITIES);

test('property: during a pause nothing is sent, whatever the priority and the quota', () => {
  fc.assert(
    fc.property(PRIORITY, fc.nat(1000), fc.nat(HOUR), fc.nat(HOUR), (priority, remaining, stopMs, passed) => {
      const budget = slowedDown(heard(remaining, 1000, NOW + HOUR / 2), stopMs, NOW);
      const admission = ask(budget, priority, NOW + passed);
      if (passed < stopMs) assert.deepEqual(admission, { kind: 'spent', atMs: NOW + stopMs });
    }),
  );
});

test('property: at the time given by an admission, the request may be sent', () => {
  const state = fc.record({
    priority: PRIORITY,
    limit: fc.integer({ min: 1, max: 15_000 }),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
    reserve: fc.double({ min: 0, max: 0.9, noNaN: true }),
    leftMs: fc.integer({ min: 1, max: HOUR }),
    passed: fc.nat(HOUR),
  });
  fc.assert(
    fc.property(state, ({ priority, limit, used, reserve, leftMs, passed }) => {
      const budget = heard(Math.floor(limit * (1 - used)), limit, NOW + leftMs);
      const admission = ask(budget, priority, NOW + passed, reserve);
      if (admission.kind === 'go') return;
      assert.ok(admission.atMs !== null && admission.atMs > NOW + passed);
      assert.ok(admission.atMs <= NOW + leftMs);
      assert.equal(ask(budget, priority, admission.atMs, reserve).kind, 'go');
    }),
  );
});

/**
 * Sends requests for a whole window without a pause, several at a time; returns when each was sent, and
 * what was left then.
 */
function spendWindow(priority: Priority, limit: number, atOnce: number): { atMs: number; left: number }[] {
  const resetMs = NOW + HOUR;
  const log: { atMs: number; left: number }[] = [];
  let budget = NEW_BUDGET;
  let left = limit;
  let waiting: number[] = [];
  const answerOne = () => {
    const remaining = waiting.shift();
    if (remaining !== undefined) budget = answered(budget, 'core', 'core', { limit, remaining, resetMs });
  };
  for (let nowMs = NOW; nowMs < resetMs; ) {
    const admission = ask(budget, priority, nowMs);
    if (admission.kind !== 'go') {
      if (waiting.length === 0) nowMs = admission.atMs ?? Number.NaN;
      answerOne();
      continue;
    }
    budget = started(budget, 'core', nowMs);
    left -= 1;
    log.push({ atMs: nowMs, left });
    waiting = [...waiting, left];
    if (waiting.length >= atOnce) answerOne();
  }
  return log;
}

test('property: no window is overspent, its reserve stays, and paced requests last until the reset', () => {
  const limits = fc.integer({ min: 20, max: 600 });
  fc.assert(
    fc.property(PRIORITY, limits, fc.integer({ min: 1, max: 8 }), (priority, limit, atOnce) => {
      const log = spendWindow(priority, limit, atOnce);
      const kept = Math.ceil(
        limit * { recovery: 0, reconcile: 0.2, poll: 0.4, first_read: 0.4, explain: 0.6 }[priority],
      );
      const last = log.at(-1) ?? assert.fail('nothing was sent');
      assert.ok(last.left >= kept, `${last.left} of ${kept} are left`);
      assert.ok(last.left <= kept + 1 + atOnce, `${last.left} could have been used`);
      // At least two are paced.
      const paced =
        (limit - kept) * { recovery: 0, reconcile: 0.5, poll: 0.5, first_read: 0.1, explain: 0.5 }[priority];
      if (paced >= 2) assert.ok(last.atMs > NOW + HOUR / 3, `done after ${last.atMs - NOW} ms`);
    }),
    { numRuns: 60 },
  );
});
