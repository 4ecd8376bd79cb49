import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILED, FORBIDDEN, REFUSED } from '../../test/fixtures/history.ts';
import type { Logger } from '../domain/contracts.ts';
import { problemOf } from './outcome.ts';
import { Troubles } from './troubles.ts';

function open() {
  const time = { nowMs: 0 };
  const lines: string[] = [];
  const nothing = () => {};
  const [warn, info] = ['warn', 'info'].map((level) => (message: string, fields: object = {}) => {
    lines.push(`${level} ${message} ${'place' in fields ? fields.place : ''}`);
  });
  const logger = { debug: nothing, info, warn, error: nothing, child: () => logger } as Logger;
  return { troubles: new Troubles({ clock: () => time.nowMs, logger }), time, lines };
}

const SAID = '(GitHub answered 403 `o` has an IP allow list enabled): add the address.';

test('a reason is told once with its places, in the words of GitHub, and in the log with its end', () => {
  const { troubles, lines } = open();
  for (const name of ['o/e', 'o/a', 'o/b', 'o/c']) troubles.note(name, problemOf(FORBIDDEN));
  assert.deepEqual(troubles.sentences(), [`o/a, o/b, o/c and 1 more can't be read ${SAID}`]);
  assert.equal(troubles.count, 4);
  for (const name of ['o/a', 'o/b', 'o/c']) troubles.clear(name);
  assert.deepEqual(troubles.sentences(), [`o/e can't be read ${SAID}`]);
  troubles.clear('o/e');
  troubles.clear('o/e');
  assert.deepEqual([troubles.sentences(), troubles.count], [[], 0]);
  assert.equal(
    lines.filter((line) => line.startsWith('warn')).join(),
    'warn GitHub does not let us read a place o/e',
  );
  assert.equal(lines.length, 5);
});

test('what may pass is trouble after a quarter of an hour; a credential that is refused is told by the client', () => {
  const { troubles, time, lines } = open();
  troubles.note('o/a', problemOf(FAILED));
  troubles.note('o/b', problemOf(REFUSED));
  assert.deepEqual([troubles.sentences(), troubles.count], [[], 1]);
  time.nowMs = 15 * 60_000;
  troubles.note('o/a', problemOf(FAILED));
  assert.deepEqual([troubles.sentences(), troubles.count], [["o/a can't be read (no luck)."], 2]);
  assert.deepEqual(lines, []);
});

test('a place that was refused stays told when something else fails, until it is read', () => {
  const { troubles, lines } = open();
  troubles.note('o/a', problemOf(FORBIDDEN));
  troubles.note('o/a', problemOf(FAILED));
  assert.deepEqual([troubles.sentences(), troubles.count], [["o/a can't be read (no luck)."], 1]);
  troubles.clear('o/a');
  assert.deepEqual([troubles.sentences(), troubles.count], [[], 0]);
  assert.match(lines.at(-1) ?? '', /^info A place can be read again/);
});

test('however many reasons there are, ten are told', () => {
  const { troubles } = open();
  for (let i = 0; i < 30; i += 1)
    troubles.note(`o/${i}`, { ...problemOf(FAILED), isHopeless: true, reason: `${i}` });
  assert.equal(troubles.sentences().length, 11);
  assert.equal(troubles.sentences().at(-1), '20 more reasons are in the log.');
});
