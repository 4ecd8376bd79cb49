import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob, finishedRun, PLACE } from '../../test/fixtures/facts.ts';
import { type HistoryFilters, NO_FILTERS } from '../domain/queries.ts';
import { fakeReader } from './fake-reader.ts';

const WINDOW = { fromMs: 0, toMs: 100 };
const reader = fakeReader({
  nowMs: 1000,
  startedJobs: [5, 4, 3, 2, 1].map((jobId) => ({
    ...PLACE,
    jobId,
    runsOn: jobId === 2 ? 'self-hosted,gpu' : 'ubuntu',
    startedAtMs: jobId * 10,
    queueMs: jobId,
  })),
  finishedJobs: [finishedJob({ jobId: 1, endedAtMs: 20, conclusion: 'failure', durationMs: null })],
  finishedRuns: [finishedRun({ endedAtMs: 30, branch: 'other' })],
});

async function startedIds(filters: Partial<HistoryFilters>, window = WINDOW): Promise<number[]> {
  const all = { ...NO_FILTERS, ...filters };
  const ids = await Array.fromAsync(reader.startedJobs(window, all, ['jobId']), ({ jobId }) => [...jobId]);
  return ids.flat();
}

test('facts come in batches, in the order of their times, from the first time until before the last', async () => {
  assert.deepEqual(await startedIds({}), [1, 2, 3, 4, 5]);
  assert.deepEqual(await startedIds({}, { fromMs: 20, toMs: 40 }), [2, 3]);
  const sizes = await Array.fromAsync(
    reader.startedJobs(WINDOW, NO_FILTERS, ['queueMs']),
    ({ size }) => size,
  );
  assert.deepEqual(sizes, [0, 3, 2]);
});

test('filters mean what they mean in the database', async () => {
  assert.deepEqual(await startedIds({ label: ['gpu'] }), [2]);
  assert.deepEqual(await startedIds({ runsOn: ['gpu'] }), []);
  assert.deepEqual(await startedIds({ conclusion: ['failure'] }), [1]);
  assert.deepEqual(await startedIds({ branch: ['other'], repository: ['o/*'] }), [1, 2, 3, 4, 5]);
  assert.deepEqual(await startedIds({ branch: ['default'] }), []);
});

test('a number of a text column stands for its text; what is not known is NaN, or none', async () => {
  const batches = reader.finishedJobs(WINDOW, NO_FILTERS, ['conclusion', 'durationMs', 'sku']);
  const found = await Array.fromAsync(batches, async ({ conclusion, durationMs, sku }) => ({
    texts: [...(await reader.texts(conclusion)).values()],
    isWord: conclusion[0] === reader.wordId('failure'),
    unknown: [durationMs[0], sku[0]],
  }));
  assert.deepEqual(found[1], { texts: ['failure'], isWord: true, unknown: [Number.NaN, 0] });
});

test('a batch is gone with the next one', async () => {
  const batches = await Array.fromAsync(reader.startedJobs(WINDOW, NO_FILTERS, ['jobId']));
  assert.deepEqual(
    batches.flatMap(({ jobId }) => [...jobId]),
    Array(5).fill(Number.NaN),
  );
});
