import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import { Teardown } from './teardown.ts';

function openTeardown() {
  const done: string[] = [];
  const { logger, lines: logged } = recordingLogger();
  const teardown = new Teardown(logger, (name) => done.push(name));
  return { teardown, done, logged };
}

test('steps run in reverse, each once, and never two at a time', async () => {
  const { teardown, done } = openTeardown();
  const gate = Promise.withResolvers<void>();
  teardown.add('store', () => {});
  teardown.add('listener', () => gate.promise);
  const ended = teardown.run();
  await nextTurn();
  assert.deepEqual([done, teardown.current], [['listener'], 'listener']);
  gate.resolve();
  await ended;
  await teardown.run();
  assert.deepEqual([done, teardown.current], [['listener', 'store'], null]);
});

test('the step under way also names its inner step', async () => {
  const { teardown } = openTeardown();
  const gate = Promise.withResolvers<void>();
  let inner: string | null = null;
  teardown.add(
    'engine',
    () => gate.promise,
    () => inner,
  );
  const ended = teardown.run();
  assert.equal(teardown.current, 'engine');
  inner = 'store';
  assert.equal(teardown.current, 'engine: store');
  gate.resolve();
  await ended;
});

test('a failing step is logged with its name, the others still run, and a bug takes precedence over other failures', async () => {
  const { teardown, done, logged } = openTeardown();
  const [bug, unavailable] = [new TypeError('bug'), new AntError('store_unavailable', 'disk full')];
  teardown.add('first', () => {});
  teardown.add('second', () => {
    throw bug;
  });
  teardown.add('third', () => Promise.reject(unavailable));
  await assert.rejects(teardown.run(), bug);
  assert.deepEqual(done, ['third', 'second', 'first']);
  const line = { level: 'error', message: 'Stop step failed; continuing' };
  assert.deepEqual(logged, [
    { ...line, step: 'third', err: unavailable },
    { ...line, step: 'second', err: bug },
  ]);
});

test('a failing start stops what has started, and rejects with its reason', async () => {
  const { teardown, done, logged } = openTeardown();
  assert.equal(await teardown.runIfFails(async () => 7), 7);
  const failed = teardown.runIfFails(async () => {
    teardown.add('store', () => Promise.reject(new Error('later')));
    throw new Error('first');
  });
  await assert.rejects(failed, /first/);
  assert.deepEqual([done, logged.length], [['store'], 1]);
});

test('damage of the store, which any step may find, is left to whoever ends the process', async () => {
  const { teardown, logged } = openTeardown();
  teardown.add('self-metrics', () => Promise.reject(new AntError('store_damaged', 'no sound database')));
  await assert.rejects(teardown.run(), { code: 'store_damaged' });
  assert.deepEqual(logged, []);
});
