import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import { beginLife } from './clean-shutdown.ts';

const parts = { clock: () => 1000, logger: SILENT };

function fakeMarks() {
  const marks = new Map<string, number>();
  return {
    readMark: async (name: string) => marks.get(name) ?? null,
    writeMark: async (name: string, atMs: number) => void marks.set(name, atMs),
  };
}

test('a process that does not tell of its end has crashed', async () => {
  const marks = fakeMarks();
  const first = await beginLife(marks, parts);
  assert.equal(first.afterCrash, false);
  const second = await beginLife(marks, parts);
  assert.equal(second.afterCrash, true);
  await second.end();
  assert.equal((await beginLife(marks, parts)).afterCrash, false);
});

test('a store that cannot be written keeps nobody from starting and ending', async () => {
  const writeMark = () => Promise.reject(new AntError('store_unavailable', 'disk full'));
  const life = await beginLife({ ...fakeMarks(), writeMark }, parts);
  await life.end();
});

test('nothing is begun on a store that is damaged', async () => {
  const writeMark = () => Promise.reject(new AntError('store_damaged', 'no sound database'));
  await assert.rejects(beginLife({ ...fakeMarks(), writeMark }, parts), { code: 'store_damaged' });
});
