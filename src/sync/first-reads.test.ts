import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { FirstReads } from './first-reads.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 12);
const FROM = NOW - 24 * HOUR_MS;

function open() {
  const time = { nowMs: 0 };
  const { logger, lines } = recordingLogger();
  const reads = new FirstReads({ steady: () => time.nowMs, logger });
  return { reads, time, lines };
}

function reached(hoursAgo: number, read: number) {
  return { reachedMs: NOW - hoursAgo * HOUR_MS, read, listed: read, recovered: read, tooOld: 0 };
}

test('several repositories are read at the same time: what all of them have reached is known', () => {
  const { reads } = open();
  for (const name of ['o/a', 'o/b']) reads.begin(name, FROM, NOW);
  reads.progress('o/a', reached(12, 30));
  assert.deepEqual(reads.status(), { fromMs: FROM, readUntilMs: null, runsRead: 30, share: 0.25 });
  reads.progress('o/b', reached(6, 10));
  assert.deepEqual(reads.status(), {
    fromMs: FROM,
    readUntilMs: NOW - 6 * HOUR_MS,
    runsRead: 40,
    share: 0.375,
  });
  reads.end('o/a');
  assert.equal(reads.status()?.share, 0.625);
  reads.end('o/b');
  assert.equal(reads.status(), null);
});

test('after an interruption it goes on where it was', () => {
  const { reads } = open();
  reads.begin('o/a', FROM, NOW);
  reads.progress('o/a', reached(12, 30));
  reads.begin('o/a', FROM, NOW + HOUR_MS);
  reads.progress('o/a', reached(2, 1));
  assert.deepEqual([reads.status()?.share, reads.status()?.runsRead], [0.5, 30]);
});

test('a repository that is older than the day, or ahead of it, is neither before nor behind it', () => {
  const { reads } = open();
  reads.begin('o/a', FROM, NOW);
  reads.progress('o/a', reached(-1, 1));
  assert.equal(reads.status()?.share, 0);
  reads.progress('o/a', reached(100, 1));
  assert.deepEqual([reads.status()?.share, reads.status()?.readUntilMs], [1, FROM]);
});

test('progress is logged every ten seconds, and the end', () => {
  const { reads, time, lines } = open();
  reads.begin('o/a', FROM, NOW);
  for (let second = 1; second <= 25; second += 1) {
    time.nowMs = second * 1000;
    reads.progress('o/a', reached(second / 2, second));
  }
  reads.end('o/a');
  assert.deepEqual(
    lines.map(({ message, runs, percent }) => [message, runs, percent]),
    [
      ['Reading the last day', 10, 20],
      ['Reading the last day', 20, 41],
      ['The last day is read', 25, 100],
    ],
  );
  assert.equal(lines[0]?.['hint'], undefined);
});

test('a repository in which nothing ran gets a hint; one that can not be read is not said to be', () => {
  const { reads, lines } = open();
  reads.begin('o/a', FROM, NOW);
  reads.drop('o/a');
  assert.deepEqual([reads.status(), lines], [null, []]);
  reads.begin('o/a', FROM, NOW);
  reads.progress('o/a', { ...reached(30, 0), listed: 7, tooOld: 7 });
  reads.end('o/a');
  assert.match(String(lines.at(-1)?.['hint']), /backfill/);
});
