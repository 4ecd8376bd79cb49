import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';
import { jobEntry, runEntry } from '../../test/fixtures/trace-entries.ts';
import type { EngineHealth } from '../domain/engine-health.ts';

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
    rejected_traces: [],
  });
});

test('an endpoint of OTLP has spans that wait, and what it refused of traces', async (context) => {
  const sink = {
    sink: 'tempo',
    unit: 'spans',
    waiting: 7,
    oldestMs: null,
    lastSentAtMs: null,
    lastProblem: null,
  };
  const { url } = await openFixture(context, {
    engine: {
      health: async () => ({ sinks: [sink] }) as unknown as EngineHealth,
      deadTraces: async () => [
        { sink: 'tempo', rejectedAtMs: 1000, reason: '400 no trace id', entry: jobEntry(2, { jobId: 7 }) },
        { sink: 'tempo', rejectedAtMs: 0, reason: '400', entry: runEntry() },
      ],
    },
  });
  const { sinks, rejected_traces: rejected } = JSON.parse((await ask(`${url}/api/v1/push`)).text);
  assert.equal(sinks[0].waiting_spans, 7);
  assert.equal(sinks[0].waiting_samples, undefined);
  const [job, run] = rejected;
  assert.deepEqual(
    [job.kind, job.job_id, job.reason, job.rejected_at],
    ['job', 7, '400 no trace id', '1970-01-01T00:00:01.000Z'],
  );
  assert.deepEqual([run.kind, run.job_id, run.spans], ['run', null, 1]);
});
