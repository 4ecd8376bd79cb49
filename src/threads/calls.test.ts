import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { AntError } from '../domain/errors.ts';
import { connectCalls, serveCalls } from './calls.ts';

interface Target {
  double(value: number): Promise<number>;
  bytes(): Promise<Uint8Array>;
  fail(kind: 'expected' | 'bug'): Promise<void>;
}

const TARGET: Target = {
  double: async (value) => value * 2,
  bytes: async () => new Uint8Array([1, 2, 3]),
  async fail(kind) {
    if (kind === 'expected') throw new AntError('store_unavailable', 'disk full', { hint: 'make room' });
    throw new TypeError('a bug');
  },
};

function connect() {
  const { port1, port2 } = new MessageChannel();
  serveCalls<Target>(port2, TARGET);
  return {
    ...connectCalls<Target>(port1, { double: true, bytes: true, fail: true }),
    [Symbol.dispose]: () => port1.close(),
  };
}

test('each call gets its own result', async () => {
  using connection = connect();
  const results = await Promise.all([1, 2, 3].map((value) => connection.remote.double(value)));
  assert.deepEqual(results, [2, 4, 6]);
  assert.deepEqual(await connection.remote.bytes(), new Uint8Array([1, 2, 3]));
});

test('an expected error keeps its code and hint, and a bug stays a bug', async () => {
  using connection = connect();
  await assert.rejects(connection.remote.fail('expected'), (error) => {
    return error instanceof AntError && error.code === 'store_unavailable' && error.hint === 'make room';
  });
  await assert.rejects(connection.remote.fail('bug'), (error) => !(error instanceof AntError));
});

test('calls to a lost thread reject, including those under way', async () => {
  using connection = connect();
  const open = connection.remote.double(1);
  connection.lost(new Error('thread gone'));
  await assert.rejects(open, /thread gone/);
  await assert.rejects(connection.remote.double(1), /thread gone/);
});
