import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP, attempt, HOUR_MS, NOW } from '../../test/fixtures/history.ts';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import type { Hook } from '../domain/github-history.ts';
import { LOG_EVENTS } from '../domain/log-events/log-events.ts';
import { HookWatch } from './hook-watch.ts';

const WARNING = LOG_EVENTS.hook_not_reaching_us.message;
const HOOK: Hook = { ...APP, name: 'repository/7', of: 'o/r' };

function stage() {
  const time = { nowMs: NOW };
  const { logger, lines } = recordingLogger();
  const watch = new HookWatch({ steady: () => time.nowMs, logger });
  /** The latest entries, latest first: `f` failed, `.` arrived. */
  const see = (row: string, hook = HOOK) =>
    watch.see(
      hook,
      [...row].map((each, hours) => attempt(100 - hours, hours + 1, each === '.')),
      true,
    );
  return { watch, lines, time, see };
}

test('three failures in a row are one warning with what GitHub saw, until three have arrived', () => {
  const { watch, lines, see } = stage();
  for (const row of ['.f.', 'ff.', 'fff.', 'ffff.', '.ffff', '..fff', 'f..ff']) see(row);
  assert.deepEqual(messagesOf(lines), [WARNING]);
  const { said, hook, since } = lines[0] as unknown as Record<string, unknown>;
  assert.deepEqual([hook, said, since], ['o/r', 'timed out', new Date(NOW - 3 * HOUR_MS).toISOString()]);
  assert.equal(watch.sentences().length, 1);
  assert.match(watch.sentences()[0] ?? '', /o\/r \(timed out, since .*webhook\.path/);
  see('...f');
  assert.deepEqual(watch.sentences(), []);
  see('..ff');
  see('fff.');
  assert.deepEqual(messagesOf(lines), [WARNING, 'GitHub delivers webhooks again', WARNING]);
});

test('a log with less than three entries decides too, and an empty one does not', () => {
  const { watch, lines, see } = stage();
  see('');
  see('f');
  assert.deepEqual(messagesOf(lines), [WARNING]);
  see('');
  assert.equal(watch.sentences().length, 1);
  see('.');
  assert.deepEqual(watch.sentences(), []);
});

test('the latest delivery and the latest failure are shown, however the log was read', () => {
  const { watch } = stage();
  watch.see(HOOK, [attempt(3, 1, true), attempt(2, 2)], true);
  watch.see(HOOK, [attempt(1, 5, true), attempt(0, 6)], false);
  assert.deepEqual(
    watch.readings().map(({ metric, labels, value }) => [metric, ...labels, NOW - value * 1000]),
    [
      ['ant_watcher_hook_last_delivery_timestamp_seconds', 'o/r', HOUR_MS],
      ['ant_watcher_hook_last_failure_timestamp_seconds', 'o/r', 2 * HOUR_MS],
    ],
  );
});

test('hooks of one place are one series, and a hook that is gone has no problem any more', () => {
  const { watch, time, see } = stage();
  const other: Hook = { ...HOOK, name: 'repository/8' };
  see('fff');
  see('ffff', other);
  assert.equal(watch.readings().length, 1);
  watch.listed('o/r', [other]);
  assert.equal(watch.sentences().length, 1);
  watch.listed('o/r', []);
  assert.deepEqual([watch.sentences(), watch.readings()], [[], []]);
  see('fff');
  time.nowMs += 49 * HOUR_MS;
  assert.deepEqual(watch.sentences(), []);
});

test('of many hooks that fail, some are named', () => {
  const { watch, see } = stage();
  for (let id = 0; id < 30; id += 1) see('fff', { ...HOOK, name: `repository/${id}`, of: `o/r${id}` });
  assert.deepEqual(
    [watch.sentences().length, watch.sentences().at(-1)],
    [6, "25 more webhooks don't reach us either."],
  );
});
