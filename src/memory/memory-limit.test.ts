import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { test } from 'node:test';
import { memoryLimitBytes } from './process-memory.ts';

test("the limit is the configured one, otherwise the control group's, otherwise the machine's memory", (t) => {
  const constrained = t.mock.method(process, 'constrainedMemory', () => 1000);
  assert.equal(memoryLimitBytes(5), 5);
  assert.equal(memoryLimitBytes(0), 1000);
  for (const none of [0, 2 ** 63, totalmem() + 1]) {
    constrained.mock.mockImplementation(() => none);
    assert.equal(memoryLimitBytes(0), totalmem(), `${none}`);
  }
});
