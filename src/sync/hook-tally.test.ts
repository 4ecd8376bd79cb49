import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  attempt,
  FAILED,
  fakeEngine,
  fakeGitHub,
  HOUR_MS,
  NOW,
  ok,
  surroundings,
} from '../../test/fixtures/history.ts';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import type { DeliveryAttempt } from '../domain/github-history.ts';
import { attemptStatusOf } from '../domain/hook-attempts.ts';
import { HOOK_METRICS } from '../domain/hook-metrics.ts';
import { LOG_EVENTS } from '../domain/log-events/log-events.ts';
import type { Increment } from '../domain/metric.ts';
import { OVERLAP_MS } from './checkpoints.ts';
import { recoverOnce } from './recover-lost.ts';
import { Report } from './report.ts';

/*
 * The numbers of deliveries from GitHub's log, which is read in overlapping parts, broken off and read again.
 */

const BEGIN_MS = NOW - 20 * HOUR_MS;

function stage() {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  const { logger, lines } = recordingLogger();
  github.repositories = ['o/r'];
  for (const name of ['recovery/begin', 'recovery/pass', 'repository/o/r'])
    engine.checkpoints.set(name, BEGIN_MS);
  /** One pass of a process that has just started. */
  const pass = (nowMs: number) => {
    const shared = { ...surroundings(), logger, clock: () => nowMs, steady: () => nowMs, startedMs: nowMs };
    return recoverOnce({ ...shared, history: github.history, engine, report: new Report(shared) });
  };
  return { github, engine, lines, pass };
}

/** The sums by metric and labels, and of histograms by their sum alone. */
function sumsOf(increments: readonly Increment[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { metric, labels, cell, delta } of increments) {
    const key = [metric.replace('ant_watcher_hook_', ''), ...labels, cell === -1 ? 'sum' : '']
      .join(' ')
      .trim();
    if (delta === 0 || (metric === HOOK_METRICS.hookDelivery.name && cell !== -1)) continue;
    sums[key] = (sums[key] ?? 0) + delta;
  }
  return sums;
}

function expectedOf(entries: readonly DeliveryAttempt[]): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (key: string, value: number) => {
    sums[key] = (sums[key] ?? 0) + value;
  };
  for (const { status, tookMs } of entries) {
    add(`deliveries_total app workflow_job ${status}`, 1);
    add('delivery_seconds app sum', tookMs ?? 0);
  }
  return sums;
}

/** Entries come into the log up to nine minutes late; passes come at any time, and many fail on the way. */
const HISTORIES = fc.record({
  entries: fc.array(
    fc.record({
      atMinute: fc.integer({ min: -20, max: 120 }),
      lateMinutes: fc.integer({ min: 0, max: 9 }),
      isDelivered: fc.boolean(),
    }),
    { maxLength: 40 },
  ),
  passes: fc.array(
    fc.record({
      afterMinutes: fc.integer({ min: 0, max: 30 }),
      breaksAt: fc.option(fc.nat(40)),
      refusesCursor: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
});

test('each entry of the log is counted once, however its readings overlap, break off and start again', async () => {
  await fc.assert(
    fc.asyncProperty(HISTORIES, async ({ entries, passes }) => {
      const { github, engine, pass } = stage();
      const log = entries
        .map((each) => ({ ...each, atMs: BEGIN_MS + each.atMinute * 60_000 }))
        .sort((a, b) => a.atMs - b.atMs)
        .map(({ atMs, lateMinutes, isDelivered }, id) => ({
          shownAtMs: atMs + lateMinutes * 60_000,
          entry: { ...attempt(id, 0, isDelivered), deliveredAtMs: atMs },
        }))
        .reverse();
      let nowMs = BEGIN_MS;
      const passNow = async () => {
        github.logs.set(
          'app',
          ok(log.filter(({ shownAtMs }) => shownAtMs <= nowMs).map(({ entry }) => entry)),
        );
        await pass(nowMs);
      };
      for (const { afterMinutes, breaksAt, refusesCursor } of passes) {
        nowMs += afterMinutes * 60_000;
        github.broken.clear();
        if (breaksAt !== null) github.broken.set(`behind ${breaksAt}`, FAILED).set(`g${breaksAt}`, FAILED);
        if (refusesCursor) {
          const place = JSON.parse(engine.notes.get('hook/app') ?? '{}').next;
          github.broken.set(`behind ${place}`, { kind: 'missing' } as never);
        }
        await passNow();
      }
      github.broken.clear();
      nowMs = Math.max(nowMs, BEGIN_MS + 150 * 60_000);
      await passNow();
      const counted = log
        .map(({ entry }) => entry)
        .filter(({ deliveredAtMs }) => deliveredAtMs >= BEGIN_MS && deliveredAtMs < nowMs - OVERLAP_MS);
      assert.deepEqual(sumsOf(engine.counted), expectedOf(counted));
    }),
    { numRuns: 500 },
  );
});

test('what two leaders read at the same time is counted once', async () => {
  const { github, engine, pass } = stage();
  github.logs.set('app', ok([attempt(2, 1, true), attempt(1, 2)]));
  const { readNote } = engine;
  let isOther = false;
  engine.readNote = async (name) => {
    const text = await readNote(name);
    if (name !== 'counted/hook/app' || isOther || engine.checkpoints.has('hook/app')) return text;
    isOther = true;
    await pass(NOW);
    engine.checkpoints.delete('hook/app');
    return text;
  };
  await pass(NOW);
  assert.deepEqual(sumsOf(engine.counted), expectedOf([attempt(2, 1, true), attempt(1, 2)]));
});

test('while our clock is ahead, no entry that is still to come is taken for counted', async () => {
  const { github, engine, pass } = stage();
  const at = (id: number, minutes: number) => ({
    ...attempt(id, 0, true),
    deliveredAtMs: BEGIN_MS + minutes * 60_000,
  });
  const entries = [at(4, 95), at(3, 70), at(2, 30), at(1, 10)];
  github.logs.set('app', ok(entries.slice(2)));
  await pass(BEGIN_MS + 3 * HOUR_MS);
  github.logs.set('app', ok(entries));
  for (const name of ['recovery/pass', 'repository/o/r', 'hook/app'])
    engine.checkpoints.set(name, BEGIN_MS + 60 * 60_000);
  await pass(BEGIN_MS + 2 * HOUR_MS);
  assert.deepEqual(sumsOf(engine.counted), expectedOf(entries));
});

test('time that is no longer in the log is said and counted', async () => {
  const { github, engine, lines, pass } = stage();
  const nowMs = BEGIN_MS + 100 * HOUR_MS;
  github.logs.set('app', ok([{ ...attempt(1, 0, true), deliveredAtMs: nowMs - HOUR_MS }]));
  await pass(nowMs);
  const { 'unread_seconds_total app': unreadMs = 0 } = sumsOf(engine.counted);
  assert.equal(unreadMs, 29 * HOUR_MS, 'GitHub keeps 71 hours for sure');
  assert.equal(lines.filter(({ message }) => message === LOG_EVENTS.hook_log_too_short.message).length, 1);
});

test('the status of an attempt is known by its words, whatever code GitHub notes beside them', () => {
  const statuses: [words: string, code: number | null, status: string][] = [
    ['OK', 202, '2xx'],
    ['OK', null, '2xx'],
    ['OK', 302, '3xx'],
    ['Invalid HTTP Response: 401', 401, '4xx'],
    ['Invalid HTTP Response: 503', 0, '5xx'],
    ['timed out', 0, 'timeout'],
    ['timed out', 504, 'timeout'],
    ['Service Timeout', 504, 'timeout'],
    ['failed to connect to host', 502, 'refused'],
    ["Couldn't resolve host name", 0, 'refused'],
    ['Invalid HTTP Response: 999', 999, 'other'],
    ['Peer certificate cannot be authenticated', 0, 'other'],
    ['unknown', null, 'other'],
  ];
  for (const [words, code, status] of statuses) assert.equal(attemptStatusOf(words, code), status, words);
});
