import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILED, FORBIDDEN, REFUSED } from '../../test/fixtures/history.ts';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { AccessProblems } from './access-problems.ts';
import { problemOf } from './outcome.ts';

function open() {
  const time = { nowMs: 0 };
  const { logger, lines } = recordingLogger();
  return { accessProblems: new AccessProblems({ steady: () => time.nowMs, logger }), time, lines };
}

const SAID = '(GitHub answered 403 `o` has an IP allow list enabled): add the address.';

test("a reason is reported once with its places, in GitHub's words, and logged again when it ends", () => {
  const { accessProblems, lines } = open();
  for (const name of ['o/e', 'o/a', 'o/b', 'o/c']) accessProblems.note(name, problemOf(FORBIDDEN));
  assert.deepEqual(accessProblems.sentences(), [`o/a, o/b, o/c and 1 more can't be read ${SAID}`]);
  assert.equal(accessProblems.count, 4);
  for (const name of ['o/a', 'o/b', 'o/c']) accessProblems.clear(name);
  assert.deepEqual(accessProblems.sentences(), [`o/e can't be read ${SAID}`]);
  accessProblems.clear('o/e');
  accessProblems.clear('o/e');
  assert.deepEqual([accessProblems.sentences(), accessProblems.count], [[], 0]);
  assert.deepEqual(
    lines.filter(({ level }) => level === 'warn').map(({ message, target }) => [message, target]),
    [['GitHub repository or owner unreadable', 'o/e']],
  );
  assert.equal(lines.length, 5);
});

test('transient failures become a problem after a quarter of an hour; the client reports a refused credential', () => {
  const { accessProblems, time, lines } = open();
  const failed = { ...problemOf(FAILED), retryAtMs: null };
  accessProblems.note('o/a', failed);
  accessProblems.note('o/b', problemOf(REFUSED));
  assert.deepEqual([accessProblems.sentences(), accessProblems.count], [[], 1]);
  time.nowMs = 15 * 60_000;
  accessProblems.note('o/a', failed);
  assert.deepEqual([accessProblems.sentences(), accessProblems.count], [["o/a can't be read (no luck)."], 2]);
  assert.deepEqual(lines, []);
});

test('what is known to last is reported at once', () => {
  const { accessProblems } = open();
  accessProblems.note('o/a', { ...problemOf(FAILED), retryAtMs: 14 * 60_000 });
  accessProblems.note('o/b', { ...problemOf(FAILED), retryAtMs: 15 * 60_000 });
  assert.deepEqual(accessProblems.sentences(), ["o/b can't be read (no luck)."]);
});

test('a refused place stays reported when something else fails, until it can be read', () => {
  const { accessProblems, lines } = open();
  accessProblems.note('o/a', problemOf(FORBIDDEN));
  accessProblems.note('o/a', problemOf(FAILED));
  assert.deepEqual([accessProblems.sentences(), accessProblems.count], [["o/a can't be read (no luck)."], 1]);
  accessProblems.clear('o/a');
  assert.deepEqual([accessProblems.sentences(), accessProblems.count], [[], 0]);
  assert.match(lines.at(-1)?.message ?? '', /readable again/);
});

test('an extra is no problem of the service: it is named in short, and each is logged once', () => {
  const { accessProblems, lines } = open();
  for (const _ of [1, 2]) {
    for (const name of ['a', 'b'])
      accessProblems.note(`the bill of ${name}`, problemOf({ kind: 'missing' }), { isExtra: true });
  }
  assert.deepEqual(accessProblems.sentences(), []);
  assert.deepEqual(accessProblems.leftOut(), [
    "The bill of a can't be read (GitHub answered 404).",
    "The bill of b can't be read (GitHub answered 404).",
  ]);
  assert.deepEqual(
    lines.map(({ target }) => target),
    ['the bill of a', 'the bill of b'],
  );
  // A repository that is gone for the same reason is a problem of its own.
  accessProblems.note('o/a', problemOf({ kind: 'missing' }));
  assert.deepEqual([accessProblems.sentences().length, accessProblems.count, lines.length], [1, 3, 3]);
});

test('at most ten reasons are reported', () => {
  const { accessProblems } = open();
  for (let i = 0; i < 30; i += 1)
    accessProblems.note(`o/${i}`, { ...problemOf(FAILED), isHopeless: true, reason: `${i}` });
  assert.equal(accessProblems.sentences().length, 11);
  assert.equal(accessProblems.sentences().at(-1), '20 more reasons are in the log.');
});
