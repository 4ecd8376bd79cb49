import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingEvents } from './accept-payload.ts';

for (const [events, missing] of [
  [['*'], []],
  [['workflow_job', 'workflow_run', 'push'], []],
  [['workflow_run'], ['workflow_job']],
  [['push'], ['workflow_job', 'workflow_run']],
  [[], ['workflow_job', 'workflow_run']],
] as const) {
  test(`a hook for [${events}] lacks [${missing}]`, () => {
    assert.deepEqual(missingEvents({ hook: { events } }), missing);
  });
}

test('a ping that does not list its events lacks nothing', () => {
  for (const ping of [{}, { hook: null }, { hook: 'x' }, { hook: {} }, { hook: { events: 'push' } }]) {
    assert.deepEqual(missingEvents(ping), []);
  }
});
