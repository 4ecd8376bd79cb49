import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';

test("receivers are shown with the age of their oldest waiting sample, by the service's clock", async (context) => {
  const queue = { pending: 0, retrying: 0, parked: 0, oldestMs: null };
  const sink = {
    sink: 'default',
    unit: 'samples' as const,
    waiting: 3,
    oldestMs: 1000,
    lastSentAtMs: 2000,
    lastProblem: null,
  };
  const { url } = await openFixture(context, {
    clock: () => 5000,
    engine: {
      health: async () => ({
        queue,
        parked: [],
        lastProcessedAtMs: 0,
        series: 0,
        sinks: [sink],
        isLogHeld: false,
        replicas: [],
        storeAheadMs: 0,
      }),
    },
  });
  assert.deepEqual(JSON.parse((await ask(`${url}/api/v1/push`)).text), {
    sinks: [
      {
        sink: 'default',
        waiting_samples: 3,
        oldest_age_seconds: 4,
        last_sent_at: '1970-01-01T00:00:02.000Z',
        last_problem: null,
      },
    ],
    rejected: [],
  });
});
