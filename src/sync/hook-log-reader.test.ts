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
import type { DeliveryAttempt, GitHubHistory } from '../domain/github-history.ts';
import { recoverOnce } from './recover-lost.ts';
import { Report } from './report.ts';

/*
 * Passes over the log of the App's hook that are interrupted, and how the next ones continue.
 */

const REFUSED_PLACE = { kind: 'failed', reason: '422 Invalid cursor', retryAtMs: null } as const;

/** A log whose passes, so far, have come up to `markHoursAgo`. */
function stage(markHoursAgo: number) {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  const time = { nowMs: NOW };
  const checkpointMs = NOW - markHoursAgo * HOUR_MS;
  github.repositories = ['o/r'];
  for (const name of ['recovery/begin', 'recovery/pass', 'repository/o/r', 'hook/app'])
    engine.checkpoints.set(name, checkpointMs);
  const shared = { ...surroundings(), clock: () => time.nowMs, steady: () => time.nowMs };
  const report = new Report(shared);
  const pass = (history = github.history) => recoverOnce({ ...shared, history, engine, report });
  const checkpoints = () => ['hook/app', 'repository/o/r'].map((name) => engine.checkpoints.get(name) ?? 0);
  const asked = () => github.asked.splice(0);
  return { github, engine, time, pass, checkpoints, asked };
}

function logOf(...ids: readonly number[]) {
  return { ...ok([]), data: ids.map((id) => attempt(id, 10 - id)) };
}

test('an interrupted pass resumes where it stopped, and then reads newer entries', async () => {
  const { github, engine, time, pass, checkpoints, asked } = stage(20);
  github.logs.set('app', logOf(6, 5, 4, 3, 2, 1));
  github.broken.set('behind 3', FAILED);
  await pass();
  assert.deepEqual(engine.accepted.splice(0), ['g5', 'g6', 'g3', 'g4']);
  assert.deepEqual(checkpoints(), [NOW - 20 * HOUR_MS, NOW - 20 * HOUR_MS]);
  github.broken.clear();
  time.nowMs += HOUR_MS;
  const since = [attempt(8, -0.8), attempt(7, -0.5)];
  github.logs.set('app', ok([...since, ...logOf(6, 5, 4, 3, 2, 1).data]));
  asked();
  await pass();
  assert.deepEqual(engine.accepted, ['g1', 'g2', 'g7', 'g8']);
  const deliveries = ['delivery g7', 'delivery g8'];
  assert.deepEqual(asked().slice(0, 6), [
    'log app behind 3',
    'delivery g1',
    'delivery g2',
    'log app',
    ...deliveries,
  ]);
  assert.deepEqual(checkpoints(), [time.nowMs, time.nowMs]);
  assert.equal(engine.notes.get('hook/app'), undefined);
});

test('what a resumed pass has covered stays covered when the next stretch fails', async () => {
  const { github, time, pass, checkpoints, asked } = stage(20);
  github.logs.set('app', logOf(4, 3, 2, 1));
  github.broken.set('behind 3', FAILED);
  await pass();
  github.broken.clear();
  github.broken.set('log app', FAILED);
  time.nowMs += HOUR_MS;
  asked();
  await pass();
  assert.deepEqual(checkpoints(), [NOW, NOW]);
  assert.ok(!asked().includes('runs o/r'), 'the rest is left to the log');
});

for (const [what, answer] of [
  ['is refused', REFUSED_PLACE],
  ['is answered with nothing', ok<readonly DeliveryAttempt[]>([])],
  ['is not known any more', { kind: 'missing' }],
] as const)
  test(`a cursor that ${what} is dropped, and the log is read from its latest entry`, async () => {
    const { github, engine, pass, checkpoints } = stage(20);
    github.logs.set('app', logOf(4, 3, 2, 1));
    github.broken.set('behind 3', FAILED);
    await pass();
    github.broken.clear();
    const { history } = github;
    let isAsked = false;
    await pass({
      ...history,
      async *attempts(hook, from) {
        if (from === null || isAsked) return yield* history.attempts(hook, from);
        isAsked = true;
        yield answer;
      },
    });
    assert.ok(isAsked);
    assert.deepEqual(engine.accepted, ['g3', 'g4', 'g1', 'g2']);
    assert.deepEqual(checkpoints(), [NOW, NOW]);
    assert.equal(github.asked.filter((asked) => asked.startsWith('delivery')).length, 4);
  });

test('a cursor that could not be tried, or not in time, is kept', async () => {
  const { github, engine, time, pass } = stage(20);
  github.logs.set('app', logOf(4, 3, 2, 1));
  github.broken.set('behind 3', FAILED);
  await pass();
  const kept = new Map(engine.notes);
  time.nowMs += 1;
  await pass();
  assert.deepEqual(engine.notes, kept);
  const closing = new AbortController();
  closing.abort();
  github.broken.set('behind 3', REFUSED_PLACE);
  const shared = {
    ...surroundings(),
    clock: () => time.nowMs,
    steady: () => time.nowMs,
    signal: closing.signal,
  };
  await recoverOnce({ ...shared, history: github.history, engine, report: new Report(shared) });
  assert.deepEqual(engine.notes, kept);
});

test('an old cursor does not set back a later mark', async () => {
  const { github, engine, pass, checkpoints } = stage(20);
  github.logs.set('app', logOf(4, 3, 2, 1));
  github.broken.set('log app', FAILED);
  engine.notes.set('hook/app', JSON.stringify({ startedAtMs: NOW - 2 * HOUR_MS, next: '3' }));
  engine.checkpoints.set('repository/o/r', NOW - HOUR_MS);
  await pass();
  assert.deepEqual(checkpoints(), [NOW - 2 * HOUR_MS, NOW - HOUR_MS]);
});

/** What happens between two passes, and how many requests of the next one are answered. */
const STEP = fc.record({
  minutes: fc.integer({ min: 1, max: 300 }),
  /** Whether each new event arrived. */
  events: fc.array(fc.boolean(), { maxLength: 7 }),
  answered: fc.oneof(fc.nat(12), fc.constant(Number.POSITIVE_INFINITY)),
  isPlaceRefused: fc.boolean(),
});
const WHOLE = { minutes: 1, events: [], answered: Number.POSITIVE_INFINITY, isPlaceRefused: false };

test('wherever passes are interrupted and whatever arrives meanwhile, each lost event is fetched once, and nothing missing is claimed', async () => {
  const property = fc.asyncProperty(fc.array(STEP, { maxLength: 8 }), async (steps) => {
    const { github, engine, time, pass, checkpoints } = stage(0);
    const log: DeliveryAttempt[] = [];
    for (const { minutes, events, answered, isPlaceRefused } of [...steps, WHOLE]) {
      for (const [index, isDelivered] of events.entries()) {
        const deliveredAtMs = time.nowMs + ((index + 1) * minutes * 60_000) / (events.length + 1);
        log.unshift({ ...attempt(log.length, 0, isDelivered), deliveredAtMs });
        if (isDelivered) engine.seen.add(log[0]?.guid ?? '');
      }
      time.nowMs += minutes * 60_000;
      github.logs.set('app', ok(log));
      await pass(limited(github.history, answered, isPlaceRefused));
      const untilMs = Math.max(...checkpoints());
      const claimed = log.filter(({ deliveredAtMs }) => deliveredAtMs <= untilMs);
      assert.deepEqual(
        claimed.filter(({ guid }) => !engine.seen.has(guid)),
        [],
      );
    }
    const lost = log.filter(({ isDelivered }) => !isDelivered).map(({ guid }) => guid);
    assert.deepEqual([checkpoints(), engine.notes.has('hook/app')], [[time.nowMs, time.nowMs], false]);
    assert.deepEqual(engine.handed.toSorted(), lost.toSorted());
  });
  await fc.assert(property, { numRuns: 300 });
});

/** Answers so many requests and no more. */
function limited(history: GitHubHistory, answered: number, isPlaceRefused: boolean): GitHubHistory {
  let left = answered;
  return {
    ...history,
    async *attempts(hook, from) {
      if (from !== null && isPlaceRefused) return yield REFUSED_PLACE;
      for await (const page of history.attempts(hook, from)) yield left-- > 0 ? page : FAILED;
    },
    delivery: async (hook, attempt) => (left-- > 0 ? history.delivery(hook, attempt) : FAILED),
  };
}

test('after an implausible log the next pass starts with the latest entry, not at a cursor', async () => {
  const { github, engine, pass, checkpoints, asked } = stage(20);
  github.logs.set('app', logOf(6, 5, 4, 3, 2, 1));
  github.broken.set('behind 3', { ...FAILED, implausible: 'repeated_page' });
  await pass();
  assert.deepEqual(engine.accepted, ['g5', 'g6', 'g3', 'g4']);
  assert.deepEqual(checkpoints(), [NOW - 20 * HOUR_MS, NOW - 20 * HOUR_MS]);
  assert.equal(engine.notes.get('hook/app'), undefined);
  github.broken.clear();
  asked();
  await pass();
  assert.equal(asked()[0], 'log app');
  assert.deepEqual(engine.accepted.slice(4), ['g1', 'g2']);
  assert.deepEqual(checkpoints(), [NOW, NOW]);
});

test('a cursor that leads to implausible pages is dropped in the same pass', async () => {
  const { github, engine, pass, asked } = stage(20);
  github.logs.set('app', logOf(6, 5, 4, 3, 2, 1));
  github.broken.set('behind 3', FAILED);
  await pass();
  assert.notEqual(engine.notes.size, 0);
  github.broken.set('behind 3', { ...FAILED, implausible: 'circle' });
  asked();
  await pass();
  assert.deepEqual(
    asked().filter((line) => line.startsWith('log')),
    ['log app behind 3', 'log app', 'log app behind 5', 'log app behind 3'],
  );
  assert.equal(engine.notes.get('hook/app'), undefined);
});
