import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filtersOf } from './filters.ts';
import { BadQuery, type Given, type Operation, readValues } from './parameters.ts';
import { stepOf, windowOf } from './window.ts';

const NOW_MS = Date.parse('2026-11-28T12:34:56.789Z');
const HOUR_MS = 3_600_000;

const refused: readonly (readonly [Operation, Given, RegExp])[] = [
  ['queues', { runson: 'gpu' }, /^There is no parameter "runson"\. Did you mean runs_on\?$/],
  ['queues', { conclusion: 'failure' }, /^There is no parameter "conclusion"\./],
  ['queues', { by: 'repositry' }, /^by must be one of .* Did you mean repository\?$/],
  ['queues', { sort: '-p96' }, /^sort must be one of .* Did you mean -p95\?$/],
  ['queues', { limit: '0' }, /^limit must be a number from 1 to 500\.$/],
  ['queues', { limit: '1e3' }, /^limit must be a number/],
  ['queues', { limit: ['1', '2'] }, /^limit may be given once only\.$/],
  ['queues', { format: 'xml' }, /^format must be json or csv\.$/],
  ['queues', { repository: Array.from({ length: 101 }, (_, index) => `o/${index}`) }, /more than 100 times/],
  ['queues', { workflow: 'x'.repeat(1001) }, /^workflow must have 1000 letters at most\.$/],
  ['capacity', {}, /^runs_on is missing\.$/],
  ['failures', { exit_code: '-2147483649' }, /^exit_code must be a number from -2147483648 to 4294967295\.$/],
  ['capacity', { runs_on: 'gpu', target_p95: '-1' }, /^target_p95 must be a number from 0 on\.$/],
  ['jobs', { status: 'runing' }, /^status must be one of .* Did you mean pending\?|status must be one of/],
  ['status', { q: 'x' }, /^There is no parameter "q"\. This path takes none\.$/],
  ['billing', { month: '2026-01' }, /^There is no parameter "month"\. This path takes only format\.$/],
  ['load', { tz: 'UTC' }, /^There is no parameter "tz"\. This path takes only by, from, to, /],
  ['queues', { step: '2m' }, /^step must be one of auto, 1m, .*, 1d\.$/],
];

test('a wrong parameter is named, with the nearest right one', () => {
  for (const [operation, given, message] of refused)
    assert.throws(
      () => readValues(operation, given),
      (error) => error instanceof BadQuery && message.test(error.message),
      `${operation} ${JSON.stringify(given).slice(0, 80)}`,
    );
});

test('what is not given has its default; an empty value is not given; a repeated value counts once', () => {
  const values = readValues('queues', { workflow: ['CI', 'CI', ''], by: '', step: '1h' });
  assert.deepEqual(values.workflow, ['CI']);
  assert.deepEqual(
    [values.by, values.step, values.limit, values.sort],
    ['runs_on', '1h', 20, '-total_seconds'],
  );
  assert.deepEqual(filtersOf(values).repository, []);
});

test('repository is owner/name or owner/*', () => {
  assert.deepEqual(filtersOf({ repository: ['acme/*', 'acme/web.site'] }).repository, [
    'acme/*',
    'acme/web.site',
  ]);
  for (const text of ['acme', '*/web', 'acme/w*', 'a b/c', 'acme/web/x'])
    assert.throws(() => filtersOf({ repository: [text] }), BadQuery, text);
});

test('a window is the last day by default, and begins with a whole minute where it is relative', () => {
  assert.deepEqual(windowOf({}, NOW_MS), { fromMs: Date.parse('2026-11-27T12:34:00Z'), toMs: NOW_MS });
  assert.deepEqual(windowOf({ from: '-7d', to: '-1h' }, NOW_MS), {
    fromMs: Date.parse('2026-11-21T12:34:00Z'),
    toMs: NOW_MS - HOUR_MS,
  });
  assert.deepEqual(windowOf({ from: '2026-11-28T00:00:01Z', to: '1795867200' }, NOW_MS), {
    fromMs: Date.parse('2026-11-28T00:00:01Z'),
    toMs: 1_795_867_200_000,
  });
  for (const window of [{ from: 'yesterday' }, { from: '-1h', to: '-2h' }, { to: '2026-02-30T00:00:00Z' }])
    assert.throws(() => windowOf(window, NOW_MS), BadQuery, JSON.stringify(window));
});

test('every window can be written in RFC 3339: none reaches before 1970, or after the year 9999', () => {
  for (const from of ['-999999999w', '1969-12-31T23:59:59Z', '0000-01-01T00:00:00+23:59', '-99999999d'])
    assert.throws(() => windowOf({ from }, NOW_MS), /^Error: from must be a time/, from);
  for (const to of ['-999999999w', '9999-12-31T23:59:59-00:01'])
    assert.throws(() => windowOf({ to }, NOW_MS), /^Error: to must be a time/, to);
  assert.deepEqual(windowOf({ to: '1' }, NOW_MS), { fromMs: 0, toMs: 1000 });
  assert.equal(windowOf({ to: '9999-12-31T23:59:59Z' }, NOW_MS).toMs, 253_402_300_799_000);
});

test('the automatic step makes some 120 points; one that makes too many is refused with one that fits', () => {
  const stepOfHours = (hours: number) => stepOf('auto', { fromMs: NOW_MS - hours * HOUR_MS, toMs: NOW_MS });
  assert.deepEqual([2, 3, 24, 100, 168, 720, 8760].map(stepOfHours), [
    '1m',
    '5m',
    '15m',
    '1h',
    '6h',
    '6h',
    '1d',
  ]);
  const week = { fromMs: NOW_MS - 168 * HOUR_MS, toMs: NOW_MS };
  assert.equal(stepOf('1h', week), '1h');
  assert.throws(() => stepOf('1m', week), /takes? 15m|take 15m/);
});

test('programs on Windows end with negative codes, and with very large ones', () => {
  for (const code of [-1_073_741_819, 3_221_225_477])
    assert.equal(readValues('failures', { exit_code: String(code) }).exit_code, code);
});
