import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Logger } from '../domain/contracts.ts';
import { logSparingly } from './log-sparingly.ts';

function openLog(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: object[] = [];
  const logger = {
    warn: (message: string, fields: object) => void lines.push({ message, ...fields }),
  } as Logger;
  return {
    lines,
    log: logSparingly(logger, 'Refused', 1000),
    tick: (ms: number) => context.mock.timers.tick(ms),
  };
}

test('a flood is two lines in a window, and one in each window that it goes on', (context) => {
  const { lines, log, tick } = openLog(context);
  for (let i = 0; i < 1000; i++) log.warn('a', { i });
  assert.deepEqual(lines, [{ message: 'Refused', reason: 'a', i: 0 }]);
  tick(1000);
  assert.deepEqual(lines.splice(0)[1], { message: 'Refused', reason: 'a', left_out: 999 });
  for (let i = 0; i < 10; i++) log.warn('a', { i });
  assert.deepEqual(lines, []);
  tick(1000);
  assert.deepEqual(lines, [{ message: 'Refused', reason: 'a', left_out: 10 }]);
});

test('after a quiet window the next one is told at once again', (context) => {
  const { lines, log, tick } = openLog(context);
  log.warn('a', {});
  tick(1000);
  log.warn('a', {});
  assert.equal(lines.length, 2);
});

test('each reason has its own window', (context) => {
  const { lines, log } = openLog(context);
  log.warn('a', {});
  log.warn('b', {});
  log.warn('a', {});
  assert.equal(lines.length, 2);
});

test('closing tells what was left out, and nothing comes after it', (context) => {
  const { lines, log, tick } = openLog(context);
  log.warn('a', {});
  log.warn('a', {});
  log.warn('b', {});
  lines.length = 0;
  log.close();
  tick(5000);
  assert.deepEqual(lines, [{ message: 'Refused', reason: 'a', left_out: 1 }]);
});
