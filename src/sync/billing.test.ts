import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import type { ApiResult, BilledUse } from '../domain/github-api.ts';
import { AccessProblems } from './access-problems.ts';
import { BillingWatch } from './billing.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ROW = {
  ...{ product: 'actions', sku: 'actions_linux', unit: 'minutes' },
  ...{ quantity: 100, gross: 0.6, discount: 0.1, net: 0.5 },
};

function ok(days: readonly string[], over: Partial<BilledUse> = {}): ApiResult<BilledUse> {
  const rows = days.map((day) => ({ day, ...ROW }));
  return { kind: 'ok', data: { rows, accounts: [], ...over }, next: null, fromCache: false };
}

function open(notes = new Map<string, string | null>(), owners = ['octo']) {
  const asked: [owner: string, first: string | undefined, last: string | undefined, days: number][] = [];
  const { logger, lines } = recordingLogger();
  const time = { nowMs: NOW };
  const state = { answer: (days: readonly string[]): ApiResult<BilledUse> => ok(days) };
  const accessProblems = new AccessProblems({ steady: () => time.nowMs, logger });
  const watch = new BillingWatch({
    billing: {
      async usage(owner, days) {
        asked.push([owner, days[0], days.at(-1), days.length]);
        return state.answer(days);
      },
    },
    owners,
    notes: {
      readNote: async (name) => notes.get(name) ?? null,
      writeNote: async (name, text) => void notes.set(name, text),
    },
    clock: () => time.nowMs,
    logger,
    accessProblems,
  });
  const shown = () =>
    watch
      .readings()
      .map(({ metric, labels, value }) =>
        [metric.replace('github_actions_billing_', ''), ...labels, value].join(' '),
      );
  const warnings = () => lines.filter(({ level }) => level === 'warn');
  return { watch, state, asked, time, shown, notes, accessProblems, warnings };
}

test('the current month and the one before are shown, and each starts from nothing', async () => {
  const { watch, shown, asked, time } = open();
  await watch.look();
  const months = (current: number, previous: number) =>
    Object.entries({ current, previous }).flatMap(([month, days]) =>
      days === 0
        ? []
        : [
            `gross_dollars octo actions actions_linux ${month} ${Math.round(days * 6) / 10}`,
            `discount_dollars octo actions actions_linux ${month} ${days / 10}`,
            `net_dollars octo actions actions_linux ${month} ${days / 2}`,
            `quantity octo actions actions_linux minutes ${month} ${days * 100}`,
          ],
    );
  assert.deepEqual(asked, [['octo', '2026-10-01', '2026-11-20', 51]]);
  assert.deepEqual(shown(), [...months(20, 31), `report_timestamp_seconds octo ${NOW / 1000}`]);
  // December has begun, and nothing was read since.
  time.nowMs = Date.parse('2026-12-01T00:00:00Z');
  assert.deepEqual(shown(), []);
  await watch.look();
  assert.deepEqual(asked.at(-1), ['octo', '2026-11-01', '2026-12-01', 31]);
  assert.deepEqual(shown(), [...months(1, 30), `report_timestamp_seconds octo ${time.nowMs / 1000}`]);
});

test('a report is read every six hours, and the month before no more once it is settled', async () => {
  const { watch, asked, time, shown } = open();
  await watch.look();
  time.nowMs = NOW + 6 * HOUR_MS - 1;
  await watch.look();
  assert.equal(asked.length, 1);
  time.nowMs += 1;
  await watch.look();
  assert.deepEqual(asked[1], ['octo', '2026-11-01', '2026-11-20', 20]);
  assert.ok(shown().includes('quantity octo actions actions_linux minutes previous 3100'));
  time.nowMs = Date.parse('2026-12-07T23:00:00Z');
  await watch.look();
  time.nowMs = Date.parse('2026-12-08T05:00:00Z');
  await watch.look();
  time.nowMs += 6 * HOUR_MS;
  await watch.look();
  assert.deepEqual(
    asked.slice(2).map(([, first]) => first),
    ['2026-11-01', '2026-11-01', '2026-12-01'],
  );
});

test('after a restart nothing is asked until it is time, and the same is shown; an old report is not', async () => {
  const first = open();
  await first.watch.look();
  const second = open(first.notes);
  second.time.nowMs = NOW + HOUR_MS;
  assert.deepEqual(second.shown(), []);
  await second.watch.look();
  assert.deepEqual([second.asked, second.shown()], [[], first.shown()]);

  second.state.answer = () => ({ kind: 'failed', reason: 'down', retryAtMs: null });
  for (let hours = 6; hours <= 72; hours += 1) {
    second.time.nowMs = NOW + hours * HOUR_MS;
    await second.watch.look();
    assert.ok(second.shown().length > 0, `${hours}`);
  }
  second.time.nowMs += 1;
  assert.deepEqual(second.shown(), []);
  const third = open(first.notes);
  third.time.nowMs = second.time.nowMs;
  third.state.answer = second.state.answer;
  await third.watch.look();
  assert.deepEqual([third.shown(), third.asked.length], [[], 1]);
  assert.deepEqual([second.warnings().length, third.warnings().length], [1, 1]);
});

test('what GitHub refuses is a problem with a hint, tried again after a quarter of an hour, until it is granted', async () => {
  const { watch, state, asked, time, accessProblems, warnings, shown } = open();
  for (const answer of [
    { kind: 'missing' },
    { kind: 'forbidden', permission: 'p', message: 'm', said: '403 m', hint: 'grant it' },
  ] as const) {
    state.answer = () => answer;
    await watch.look();
    await watch.look();
    time.nowMs += 15 * 60_000;
  }
  assert.deepEqual([asked.length, shown()], [2, []]);
  assert.deepEqual(accessProblems.leftOut(), ["The bill of octo can't be read (m)."]);
  assert.deepEqual(watch.missing(), ['GitHub does not show the bill of octo (m): grant it.']);
  // The client has logged the second.
  assert.deepEqual(
    warnings().map(({ target, hint }) => [target, hint]),
    [
      [
        'the bill of octo',
        'is the name right, and may this login read its bills? Enterprise Server has none',
      ],
    ],
  );
  state.answer = (days) => ok(days);
  await watch.look();
  assert.deepEqual([watch.missing(), accessProblems.leftOut()], [[], []]);
  assert.ok(shown().length > 0);
});

test('an exhausted limit is waited for; a clock that was set back delays nothing', async () => {
  const { watch, state, asked, time } = open();
  state.answer = () => ({ kind: 'failed', reason: 'used up', retryAtMs: NOW + HOUR_MS });
  await watch.look();
  assert.deepEqual(watch.missing(), ['The bill of octo could not be read (used up); it is tried again.']);
  time.nowMs = NOW + HOUR_MS - 1;
  await watch.look();
  assert.equal(asked.length, 1);
  time.nowMs = NOW - 30 * DAY_MS;
  await watch.look();
  assert.equal(asked.length, 2);
});

test('while nothing can be stored or read, nothing is asked; a bug is not hidden', async () => {
  const opened = open();
  const { watch, notes, asked, warnings, shown } = opened;
  const failure = { error: new AntError('store_unavailable', 'full') as Error };
  notes.get = () => {
    throw failure.error;
  };
  await watch.look();
  assert.deepEqual([asked.length, shown(), warnings().length], [0, [], 1]);
  failure.error = new TypeError('a bug');
  await assert.rejects(watch.look(), TypeError);
});
