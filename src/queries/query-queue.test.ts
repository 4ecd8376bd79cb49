import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryQueue } from './query-queue.ts';

function openQueue() {
  const time = { nowMs: 0 };
  const open: PromiseWithResolvers<unknown>[] = [];
  const answer = () => {
    const asked = Promise.withResolvers<unknown>();
    open.push(asked);
    return asked.promise;
  };
  return { queue: new QueryQueue(answer, () => time.nowMs), open, time };
}

const settled = () => new Promise((done) => setImmediate(done));

test('one question is asked at a time, in order, whatever becomes of the one before', async () => {
  const { queue, open } = openQueue();
  const [first, second] = [queue.ask('explainRun', 1), queue.ask('explainRun', 2)];
  await settled();
  assert.equal(open.length, 1);
  open[0]?.reject(new Error('this one fails'));
  await assert.rejects(first, /this one fails/);
  await settled();
  open[1]?.resolve('answered');
  assert.equal(await second, 'answered');
});

test('more than 32 waiting, and a wait of more than two seconds, are refused', async () => {
  const { queue, open, time } = openQueue();
  const first = queue.ask('explainRun', 0);
  await settled();
  const waiting = Array.from({ length: 32 }, (_, runId) => queue.ask('explainRun', runId));
  await assert.rejects(queue.ask('explainRun', 99), { code: 'query_too_slow' });
  const results = Promise.allSettled(waiting);
  time.nowMs = 2001;
  open[0]?.resolve(null);
  await first;
  assert.deepEqual(
    (await results).map(({ status }) => status),
    Array(32).fill('rejected'),
  );
  assert.equal(open.length, 1);
});
