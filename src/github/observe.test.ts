import assert from 'node:assert/strict';
import { test } from 'node:test';
import examples from '@octokit/webhooks-examples/api.github.com/index.json' with { type: 'json' };
import fc from 'fast-check';
import { type Delivery, PROCESSED_EVENTS } from '../domain/delivery.ts';
import type { JobObservation, ObservationResult, RunObservation } from '../domain/observation.ts';
import { createObserve } from './observe.ts';
import { actionOf, trimPayload } from './trim-payload.ts';

/** The fields of a job and a run, for tests that know which one they get. */
type AnyObservation = Omit<JobObservation, 'kind'> & Omit<RunObservation, 'kind'>;

const observe = createObserve([]);
const NOW = Date.UTC(2026, 10, 20, 12);
const EVENTS = [...PROCESSED_EVENTS];

function deliveryOf(event: string, payload: unknown, over: Partial<Delivery> = {}): Delivery {
  return {
    guid: 'g',
    event,
    action: actionOf(payload),
    source: 'webhook',
    receivedAtMs: NOW,
    payload: trimPayload(event, payload),
    ...over,
  };
}

function observed(reading: ObservationResult): AnyObservation {
  assert.ok('observation' in reading, JSON.stringify(reading));
  return reading.observation as unknown as AnyObservation;
}

test('the stored part of a payload has the same meaning as the whole payload', () => {
  for (const { name, examples: payloads } of examples as { name: string; examples: unknown[] }[]) {
    if (!EVENTS.includes(name)) continue;
    for (const payload of payloads) {
      const trimmed = deliveryOf(name, payload);
      assert.deepEqual(observe(trimmed), observe({ ...trimmed, payload: JSON.stringify(payload) }));
      assert.ok(trimmed.payload.length < JSON.stringify(payload).length / 2);
    }
  }
});

test('a job event is read with its labels, times, and ids beyond 32 bits', () => {
  const payload = {
    action: 'completed',
    repository: { full_name: 'o/r' },
    workflow_job: {
      id: 100_520_616_165,
      run_id: 17_000_000_001,
      run_attempt: 3,
      workflow_name: null,
      name: 'test (a)',
      status: 'completed',
      conclusion: 'a_new_one',
      created_at: '2026-09-01T10:00:00Z',
      started_at: '2026-09-01T10:00:05.000Z',
      completed_at: '2026-09-01T12:01:05+02:00',
      labels: ['x', null, 'y'],
      runner_id: 0,
      runner_name: '',
      steps: [{ name: 'Set up job', number: 1, status: 'brand_new' }, null],
    },
  };
  const job = observed(observe(deliveryOf('workflow_job', payload)));
  assert.equal(job.jobId, 100_520_616_165);
  assert.equal(job.workflow, 'unknown');
  assert.equal(job.conclusion, 'a_new_one');
  assert.equal((job.startedAtMs ?? 0) - (job.createdAtMs ?? 0), 5000);
  assert.equal((job.completedAtMs ?? 0) - (job.startedAtMs ?? 0), 60_000);
  assert.deepEqual(job.runsOn, ['x', 'y']);
  assert.equal(job.runnerName, null);
  assert.deepEqual(
    job.steps.map(({ number, name }) => [number, name]),
    [
      [1, 'Set up job'],
      [2, 'unknown'],
    ],
  );
});

test("the status is the later one of the object's and the action's", () => {
  const cases: [string | undefined, unknown, string | null][] = [
    ['queued', 'waiting', 'waiting'],
    ['requested', 'completed', 'completed'],
    ['completed', 'in_progress', 'completed'],
    ['queued', 'never_heard_of', 'queued'],
    ['never_heard_of', 'queued', 'queued'],
    [undefined, null, null],
    ['requested', 'pending', 'pending'],
  ];
  for (const [action, status, expected] of cases) {
    const reading = observe(deliveryOf('workflow_run', { action, workflow_run: { id: 1, status } }));
    if (expected === null) assert.deepEqual(reading, { ignored: 'unknown_status' });
    else assert.equal(observed(reading).status, expected);
  }
});

test('an unknown status is unknown, even one that is a property of every object', () => {
  for (const status of ['constructor', 'toString', '__proto__', 'done']) {
    const payload = { action: 'constructor', workflow_job: { id: 1, run_id: 2, status } };
    assert.deepEqual(observe(deliveryOf('workflow_job', payload)), { ignored: 'unknown_status' });
  }
});

test('a branch is shown only by its class', () => {
  const branchOf = (event: string, head_branch: string | null) =>
    observed(
      observe(
        deliveryOf('workflow_run', {
          action: 'completed',
          repository: { full_name: 'o/r', default_branch: 'trunk' },
          workflow_run: { id: 1, event, head_branch },
        }),
      ),
    ).branch;
  assert.equal(branchOf('pull_request_target', 'trunk'), 'pull_request');
  assert.equal(branchOf('push', 'trunk'), 'default');
  assert.equal(branchOf('push', 'feature'), 'other');
  assert.equal(branchOf('push', null), 'other');
});

test("a run is named by its workflow, otherwise by its own name, otherwise by the workflow's file", () => {
  const named = (workflow: unknown, run: object) =>
    observed(
      observe(deliveryOf('workflow_run', { action: 'requested', workflow, workflow_run: { id: 1, ...run } })),
    ).workflow;
  assert.equal(named({ name: 'CI' }, { name: 'My title', path: 'p' }), 'CI');
  assert.equal(named(null, { name: 'CI', path: 'p' }), 'CI');
  assert.equal(
    named(undefined, { name: null, path: '.github/workflows/ci.yml' }),
    '.github/workflows/ci.yml',
  );
  assert.equal(named(undefined, {}), 'unknown');
});

test('the time of an event is that of its delivery id, otherwise of its receipt', () => {
  const payload = { action: 'queued', workflow_run: { id: 1 } };
  const guid = '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc';
  assert.equal(
    observed(observe(deliveryOf('workflow_run', payload, { guid }))).observedAtMs,
    Date.UTC(2024, 9, 19, 22, 27, 10, 801),
  );
  assert.equal(observed(observe(deliveryOf('workflow_run', payload))).observedAtMs, NOW);
  const late = deliveryOf('workflow_run', payload, { guid, receivedAtMs: Date.UTC(2024, 9, 1) });
  assert.equal(
    observed(observe(late)).observedAtMs,
    Date.UTC(2024, 9, 1),
    'an id from the future has no time',
  );
});

test('payloads without information are ignored with a reason', () => {
  assert.deepEqual(observe(deliveryOf('workflow_job', { action: 'completed' })), { ignored: 'no_job' });
  assert.deepEqual(observe(deliveryOf('workflow_run', { action: 'completed', workflow_run: { id: 1.5 } })), {
    ignored: 'no_run',
  });
  assert.deepEqual(observe(deliveryOf('workflow_dispatch', {})), { ignored: 'no_workflow' });
});

test('no JSON payload makes reading fail, and names are cut to a bounded length', () => {
  const anything = fc.jsonValue({ maxDepth: 3 });
  const objects = fc.dictionary(
    fc.constantFrom(
      'id',
      'run_id',
      'status',
      'labels',
      'steps',
      'name',
      'created_at',
      'conclusion',
      'event',
      'run_attempt',
    ),
    anything,
  );
  const payloads = fc.record(
    {
      action: anything,
      workflow_job: fc.oneof(anything, objects),
      workflow_run: fc.oneof(anything, objects),
      workflow: anything,
      repository: anything,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...EVENTS), fc.oneof(payloads, anything), (event, payload) => {
      const whole = JSON.parse(JSON.stringify(payload));
      const reading = observe(deliveryOf(event, whole));
      assert.ok('ignored' in reading || 'observation' in reading);
    }),
    { numRuns: 2000 },
  );
  const long = deliveryOf('workflow_job', {
    workflow_job: { id: 1, run_id: 1, status: 'queued', name: '\u{1F41C}'.repeat(30_000) },
  });
  const { name } = observed(observe(long));
  assert.ok(name.length <= 1000 && name.isWellFormed());
});

test('names contain nothing that a database or an exposition would change', () => {
  const name = 'a\0b \ud83d c';
  const job = deliveryOf('workflow_job', { workflow_job: { id: 1, run_id: 1, status: 'queued', name } });
  assert.equal(observed(observe(job)).name, 'a\uFFFDb \uFFFD c');
});

test('impossibly early and late times are unknown', () => {
  for (const created_at of ['0001-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', 'yesterday', 17]) {
    const payload = { workflow_job: { id: 1, run_id: 1, status: 'queued', created_at } };
    assert.equal(observed(observe(deliveryOf('workflow_job', payload))).createdAtMs, null);
  }
});

const PAST = '2026-11-20T11:00:00Z';

/** What is read of a payload in which only this field has this time. */
function readOne(kind: 'workflow_job' | 'workflow_run', field: string, time: string) {
  const object = {
    id: 1,
    run_id: 1,
    created_at: PAST,
    run_started_at: PAST,
    updated_at: PAST,
    [field]: time,
  };
  const reading = observe(deliveryOf(kind, { action: 'completed', [kind]: object }));
  return { read: Object.values(observed(reading)), isDamaged: 'anomaly' in reading };
}

test('a single time more than a day after the receipt is damaged: it is unknown, and counted', () => {
  const fields = { workflow_job: ['created_at', 'completed_at'], workflow_run: ['updated_at', 'created_at'] };
  for (const kind of ['workflow_job', 'workflow_run'] as const)
    for (const field of fields[kind]) {
      const late = readOne(kind, field, '2026-11-21T12:00:01Z');
      assert.deepEqual([late.read.includes(null), late.isDamaged], [true, true], field);
      const soon = readOne(kind, field, '2026-11-21T12:00:00Z');
      assert.deepEqual([soon.read.includes(NOW + 24 * 3_600_000), soon.isDamaged], [true, false], field);
    }
});

test('a payload with all times after the receipt shows that the clock is behind', () => {
  const times = { created_at: '2027-11-21T12:00:00Z', started_at: '2027-11-21T12:00:05Z' };
  const step = { started_at: '2027-11-21T12:00:06Z', completed_at: '2027-11-21T12:09:00Z' };
  const job = { id: 1, run_id: 1, ...times, completed_at: '2027-11-21T12:10:00Z', steps: [step] };
  const reading = observe(deliveryOf('workflow_job', { action: 'completed', workflow_job: job }));
  const { createdAtMs, startedAtMs, completedAtMs, steps } = observed(reading);
  assert.deepEqual(
    [createdAtMs, startedAtMs, steps[0]?.completedAtMs, completedAtMs],
    ['12:00:00', '12:00:05', '12:09:00', '12:10:00'].map((time) => Date.parse(`2027-11-21T${time}Z`)),
  );
  assert.equal('anomaly' in reading, false);
});

test('a whole payload that is further ahead than any clock is behind is damaged', () => {
  const far = '2099-01-01T00:00:00Z';
  const job = { id: 1, run_id: 1, created_at: far, started_at: far, completed_at: far };
  const reading = observe(deliveryOf('workflow_job', { action: 'completed', workflow_job: job }));
  assert.deepEqual(
    [observed(reading).completedAtMs, 'anomaly' in reading && reading.anomaly],
    [null, 'future'],
  );
});

test('a clock that shows a time before this was written is behind by any time', () => {
  const job = { id: 1, run_id: 1, created_at: '2026-11-20T11:00:00Z', started_at: '2026-11-20T11:00:05Z' };
  const payload = { action: 'in_progress', workflow_job: job };
  const reading = observe(deliveryOf('workflow_job', payload, { receivedAtMs: 1000 }));
  assert.equal(observed(reading).startedAtMs, Date.parse('2026-11-20T11:00:05Z'));
});
