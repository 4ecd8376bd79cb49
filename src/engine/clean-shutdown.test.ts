import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import { CleanShutdown } from './clean-shutdown.ts';

const parts = { clock: () => 1000, logger: SILENT };

function fakeMarks() {
  const marks = new Map<string, number>();
  return {
    readMark: async (name: string) => marks.get(name) ?? null,
    writeMark: async (name: string, atMs: number) => void marks.set(name, atMs),
  };
}

test('a process that does not record its end has crashed', async () => {
  const marks = fakeMarks();
  assert.equal(await new CleanShutdown(marks).noteStart(parts), false);
  const second = new CleanShutdown(marks);
  assert.equal(await second.noteStart(parts), true);
  await second.noteEnd();
  assert.equal(await new CleanShutdown(marks).noteStart(parts), false);
});

test('an end without a start records nothing', async () => {
  const marks = fakeMarks();
  await new CleanShutdown(marks).noteStart(parts);
  await new CleanShutdown(marks).noteEnd();
  assert.equal(await new CleanShutdown(marks).noteStart(parts), true);
});

test('a store that cannot be written does not prevent a start or an end', async () => {
  const writeMark = () => Promise.reject(new AntError('store_unavailable', 'disk full'));
  const shutdown = new CleanShutdown({ ...fakeMarks(), writeMark });
  await shutdown.noteStart(parts);
  await shutdown.noteEnd();
});

test('nothing starts on a damaged store', async () => {
  const writeMark = () => Promise.reject(new AntError('store_damaged', 'no sound database'));
  const shutdown = new CleanShutdown({ ...fakeMarks(), writeMark });
  await assert.rejects(shutdown.noteStart(parts), { code: 'store_damaged' });
});
