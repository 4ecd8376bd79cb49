import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SparingLog } from './sparing-log.ts';

function openLog(context: TestContext, everyMs: number | null = 1000) {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const lines: object[] = [];
  return {
    lines,
    log: new SparingLog((fields) => void lines.push(fields), everyMs),
    tick: (ms: number) => context.mock.timers.tick(ms),
  };
}

test('a flood is two lines in its first window, and one in each further window', (context) => {
  const { lines, log, tick } = openLog(context);
  for (let i = 0; i < 1000; i++) log.log({ i }, { key: 'a' });
  assert.deepEqual(lines, [{ i: 0, count: 1 }]);
  tick(1000);
  assert.deepEqual(lines.splice(0)[1], { i: 999, count: 999 });
  for (let i = 0; i < 10; i++) log.log({ i }, { key: 'a' });
  assert.deepEqual(lines, []);
  tick(1000);
  assert.deepEqual(lines, [{ i: 9, count: 10 }]);
});

test('after a quiet window the next event is logged at once again', (context) => {
  const { lines, log, tick } = openLog(context);
  assert.equal(log.log({}), true);
  tick(1000);
  assert.equal(log.log({}), true);
  assert.deepEqual(lines, [{ count: 1 }, { count: 1 }]);
});

test('each key has its own window', (context) => {
  const { lines, log } = openLog(context);
  log.log({}, { key: 'a' });
  log.log({}, { key: 'b' });
  assert.equal(log.log({}, { key: 'a' }), false);
  assert.equal(lines.length, 2);
});

test('closing logs what was held back, and nothing comes after it', (context) => {
  const { lines, log, tick } = openLog(context);
  log.log({ of: 'a' }, { key: 'a' });
  log.log({ of: 'a' }, { key: 'a', count: 3 });
  log.log({ of: 'b' }, { key: 'b' });
  lines.length = 0;
  log.close();
  tick(5000);
  assert.deepEqual(lines, [{ of: 'a', count: 3 }]);
});

test('a window also ends by the clock, whatever its timer does', () => {
  const lines: object[] = [];
  let nowMs = 0;
  const log = new SparingLog(
    (fields) => void lines.push(fields),
    1000,
    () => nowMs,
  );
  for (nowMs = 0; nowMs < 2000; nowMs += 100) log.log({ nowMs });
  log.close();
  assert.deepEqual(lines, [
    { nowMs: 0, count: 1 },
    { nowMs: 1000, count: 10 },
    { nowMs: 1900, count: 9 },
  ]);
});

test('without a window a key is logged once until it is over', (context) => {
  const { lines, log, tick } = openLog(context, null);
  for (let i = 0; i < 3; i++) log.log({ i }, { key: 'a' });
  tick(1_000_000);
  log.log({ i: 3 }, { key: 'a' });
  assert.deepEqual(lines, [{ i: 0 }]);
  assert.deepEqual([log.end('a'), log.end('a')], [true, false]);
  log.log({ i: 4 }, { key: 'a' });
  log.close();
  assert.deepEqual(lines, [{ i: 0 }, { i: 4 }]);
});
