import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, job, running, STEP, T0 } from '../../test/fixtures/job.ts';
import { HOLD_MS } from '../domain/lifecycle/gate.ts';
import { releaseHold, transitionJob } from '../domain/lifecycle/job.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import type { JobObservation } from '../domain/observation.ts';
import type { JobEntry, TraceEntry } from '../domain/trace-entry.ts';
import { createTracing, type TracingOptions } from './tracing.ts';

const ALL: TracingOptions = { steps: 'ran', maxSteps: 1000, runs: 'all', priceRules: [] };
const GATE = { hasEnvironment: true };
const WORDS = { serviceName: 'shop', isDefaultBranch: true, runnerGroupId: 2 };

/** The entries that reports of jobs of one name make, one after the other, and then the end of each hold. */
function entriesOf(
  reports: readonly JobObservation[],
  options: Partial<TracingOptions> = {},
  attempts: readonly RunState[] = [],
): TraceEntry[] {
  const tracing = createTracing({ ...ALL, ...options });
  const states = new Map<number, JobState>();
  const entries: TraceEntry[] = [];
  const othersOf = (jobId: number) => [...states.values()].filter((state) => state.jobId !== jobId);
  for (const observation of reports) {
    const before = states.get(observation.jobId) ?? null;
    const { state: after } = transitionJob([...states.values()], observation, T0);
    const run = attempts.find(({ runAttempt }) => runAttempt === after.runAttempt) ?? null;
    const namesakes = othersOf(after.jobId);
    const traced = tracing.job({ before, after, observation, namesakes, run, nowMs: T0 });
    states.set(after.jobId, traced.state);
    entries.push(...traced.entries);
  }
  const nowMs = T0 + HOLD_MS;
  for (const held of states.values()) {
    if (held.heldUntilMs === null) continue;
    const namesakes = othersOf(held.jobId);
    const { state: after } = releaseHold(held, namesakes, nowMs);
    const change = { before: held, after, observation: null, namesakes, run: null, nowMs };
    entries.push(...tracing.job(change).entries);
  }
  return entries;
}

function jobEntryOf(end: JobObservation): JobEntry {
  const [entry, ...others] = entriesOf([end]);
  assert.ok(entry?.kind === 'job' && others.length === 0);
  return entry;
}

test('a job is traced once, at its end, with its queue and its steps', () => {
  const end = done({ forTrace: WORDS, runnerGroup: 'GitHub Actions' });
  const [entry, ...others] = entriesOf([job(), running(), end, end, running(), job()]);
  assert.deepEqual(others, []);
  assert.deepEqual(entry, {
    kind: 'job',
    origin: {
      repository: 'o/r',
      workflow: 'CI',
      runId: 10,
      runAttempt: 1,
      headBranch: 'main',
      headSha: 'abc',
      serviceName: 'shop',
    },
    jobId: 1,
    name: 'build (20, ubuntu)',
    group: 'build',
    conclusion: 'success',
    startMs: T0,
    endMs: T0 + 67_000,
    isClamped: false,
    approval: null,
    queue: { startMs: T0, endMs: T0 + 7000, isClamped: false },
    queueMs: 7000,
    runsOn: ['ubuntu-latest'],
    runnerId: 5,
    runnerName: 'r5',
    runnerGroupId: 2,
    runnerGroup: 'GitHub Actions',
    failureCause: null,
    failedStep: null,
    sku: 'linux',
    billedSeconds: 60,
    steps: [
      {
        ...{ number: 1, name: 's', conclusion: 'success', isRepeat: false },
        ...{ startMs: T0, endMs: T0, isClamped: false },
      },
    ],
  });
});

test('nothing is traced before its end, and no check run of another tool', () => {
  assert.deepEqual(entriesOf([job(), running()]), []);
  const checkRun = done({ runnerId: null, runnerName: null, runsOn: [], steps: [] });
  const tracing = createTracing(ALL);
  const { state } = transitionJob([], checkRun, T0);
  assert.equal(state.isJob, false);
  const proof = job({ runsOn: [] });
  const { state: after } = transitionJob([state], proof, T0);
  const change = { before: null, after, observation: proof, namesakes: [], run: null, nowMs: T0 };
  const [entry] = tracing.job(change).entries;
  assert.ok(entry?.kind === 'job', 'what proves that it is a job may come after its end');
  assert.equal(entry.endMs, T0 + 67_000);
});

test('GitHub times that can not be true', () => {
  // As in a recorded skipped job: started and completed a second before it was created.
  const skipped = done({ conclusion: 'skipped', steps: [], runnerId: null, createdAtMs: T0 + 68_000 });
  const { startMs, endMs, isClamped, queue, queueMs } = jobEntryOf(skipped);
  assert.deepEqual([startMs, endMs, isClamped, queue, queueMs], [T0 + 68_000, T0 + 68_000, true, null, null]);
  const long = jobEntryOf(done({ createdAtMs: Date.UTC(2016, 0, 1), startedAtMs: Date.UTC(2016, 0, 2) }));
  assert.deepEqual([long.startMs, long.endMs, long.isClamped], [T0 + 67_000, T0 + 67_000, true]);
  const unborn = jobEntryOf(done({ createdAtMs: null }));
  assert.deepEqual([unborn.startMs, unborn.queue], [T0 + 7000, null]);
});

const steps = [
  { ...STEP, number: 3, name: 'never', conclusion: 'skipped' },
  { ...STEP, number: 2, name: 'test', conclusion: 'failure' },
  { ...STEP, number: 1, name: 'set up' },
  { ...STEP, number: 4, name: 'lost', conclusion: null, completedAtMs: null },
  { ...STEP, number: 5, name: 'timeless', conclusion: 'skipped', startedAtMs: null, completedAtMs: null },
];

const NAMES = new Map([
  ['ran', ['set up', 'test', 'lost']],
  ['all', ['set up', 'test', 'never', 'lost']],
  ['failed', ['test']],
  ['none', []],
] as const);

for (const [which, names] of NAMES) {
  test(`steps that have spans: ${which}`, () => {
    const [entry] = entriesOf([done({ steps })], { steps: which });
    assert.ok(entry?.kind === 'job');
    assert.deepEqual(
      entry.steps.map(({ name }) => name),
      names,
    );
    const lost = entry.steps.find(({ name }) => name === 'lost');
    if (lost !== undefined) assert.equal(lost.endMs, T0 + 67_000, 'what never ended did with its job');
  });
}

const QUEUED_AGAIN = T0 + 5000;
const WAITING = job({ ...GATE, status: 'waiting', observedAtMs: T0 + 1000 });
const RELEASED = job({ ...GATE, observedAtMs: QUEUED_AGAIN, deploymentUpdatedAtMs: QUEUED_AGAIN });
const GATED_END = done({ ...GATE, forTrace: WORDS });

/** The spans of waits, as `approval` or `queue`, with seconds after the start. */
function waitsIn(entries: readonly TraceEntry[]): string[] {
  return entries
    .flatMap((entry) =>
      entry.kind === 'run'
        ? []
        : (['approval', 'queue'] as const).flatMap((kind) => {
            const times = entry[kind];
            const place = `${entry.jobId} ${entry.origin.serviceName}`;
            return times === null
              ? []
              : [`${kind} ${place} ${(times.startMs - T0) / 1000}-${(times.endMs - T0) / 1000}`];
          }),
    )
    .sort();
}

for (const [order, reports] of Object.entries({
  'in order': [job(GATE), WAITING, RELEASED, GATED_END],
  'the gate last': [GATED_END, WAITING, RELEASED],
  'backwards, and twice': [GATED_END, RELEASED, GATED_END, WAITING, RELEASED, WAITING],
})) {
  test(`an approval and a queue behind a gate, once each: ${order}`, () => {
    const entries = entriesOf(reports);
    assert.deepEqual(waitsIn(entries), ['approval 1 shop 0-5', 'queue 1 shop 5-7']);
    assert.equal(entries.filter(({ kind }) => kind === 'job').length, 1);
    const [entry] = entries.filter((each) => each.kind === 'job');
    assert.equal(entry?.queueMs, null, 'what may become certain later is no attribute of the job');
  });
}

test('without a gate, the queue of a job with an environment is known when no event of one can come', () => {
  const entries = entriesOf([job(GATE), GATED_END]);
  assert.deepEqual(waitsIn(entries), ['queue 1 shop 0-7']);
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['job', 'wait'],
  );
});

/* A job of attempt 1, and the report of it in attempt 2, which did not run it again. */
const ORIGINAL = done({ forTrace: WORDS });
const COPY = done({ jobId: 2, runAttempt: 2, forTrace: WORDS });
const SECOND = { runAttempt: 2, runStartedAtMs: T0 + 600_000 } as RunState;

test('a job that a re-run carried over is traced in the attempt that ran it', () => {
  const idsOf = (reports: JobObservation[], attempts: RunState[] = []) =>
    entriesOf(reports, {}, attempts).flatMap((entry) => (entry.kind === 'run' ? [] : [entry.jobId]));
  assert.deepEqual(idsOf([ORIGINAL, COPY]), [1]);
  assert.deepEqual(idsOf([COPY, ORIGINAL], [SECOND]), [1], 'the start of the attempt shows it');
  assert.deepEqual(idsOf([COPY], [SECOND]), []);
  const skipped = { conclusion: 'skipped', steps: [], runnerId: null, runnerName: null } as const;
  assert.deepEqual(idsOf([{ ...COPY, ...skipped }], [SECOND]), []);
  // Nothing shows yet what it is. Its run's events come before it, so this takes the loss of all of them.
  assert.deepEqual(idsOf([COPY, ORIGINAL]), [2, 1]);
});

test('the queue of the job that ran is traced, also if that of the report was counted', () => {
  const waits = waitsIn(entriesOf([COPY, ORIGINAL], {}, [SECOND]));
  assert.deepEqual(waits, ['queue 1 shop 0-7']);
  const gated = waitsIn(entriesOf([COPY, { ...ORIGINAL, hasEnvironment: true }], {}, [SECOND]));
  assert.deepEqual(gated, ['queue 1 shop 0-7']);
});

test('a failure before the start has no cause while a gate may explain it', () => {
  const failed = { conclusion: 'failure', steps: [], runnerId: null, runnerName: null } as const;
  assert.equal(jobEntryOf(done(failed)).failureCause, 'startup');
  const [gated] = entriesOf([done({ ...failed, ...GATE })]);
  assert.ok(gated?.kind === 'job');
  assert.equal(gated.failureCause, null);
});

test('which jobs are traced is decided by what each says itself', () => {
  const elsewhere = done({ forTrace: { ...WORDS, isDefaultBranch: false } });
  assert.equal(entriesOf([elsewhere], { runs: 'default_branch' }).length, 0);
  assert.equal(entriesOf([ORIGINAL], { runs: 'default_branch' }).length, 1);
  assert.equal(entriesOf([ORIGINAL], { runs: 'failed' }).length, 0);
  assert.equal(entriesOf([done({ conclusion: 'timed_out' })], { runs: 'failed' }).length, 1);
});

test('of steps of one name, the first that ran has the name for itself', () => {
  const named = [
    { ...STEP, number: 1, name: 'Build', conclusion: 'skipped' },
    { ...STEP, number: 2, name: 'Build' },
    { ...STEP, number: 3, name: 'Build', conclusion: 'failure' },
  ];
  const repeats = (which: TracingOptions['steps']) => {
    const [entry] = entriesOf([done({ steps: named })], { steps: which });
    assert.ok(entry?.kind === 'job');
    return entry.steps.map(({ number, isRepeat }) => [number, isRepeat]);
  };
  assert.deepEqual(repeats('all'), [
    [1, true],
    [2, false],
    [3, true],
  ]);
  assert.deepEqual(repeats('ran'), [
    [2, false],
    [3, true],
  ]);
  // Its id is the same whatever else is sent.
  assert.deepEqual(repeats('failed'), [[3, true]]);
});

test('steps of one name and number, which can have one id only, are one', () => {
  const steps = [1, 1, 2, 2].map((number) => ({ ...STEP, number, name: 'Build' }));
  const [entry] = entriesOf([done({ steps })]);
  assert.ok(entry?.kind === 'job');
  assert.deepEqual(
    entry.steps.map(({ number, isRepeat }) => [number, isRepeat]),
    [
      [1, false],
      [2, true],
    ],
  );
});

test('of a job with very many steps, the first become spans', () => {
  const steps = Array.from({ length: 30 }, (_, at) => ({ ...STEP, number: 30 - at, name: `Step ${at}` }));
  for (const [maxSteps, last] of [
    [1000, 30],
    [7, 7],
    [0, undefined],
  ] as const) {
    const [entry] = entriesOf([done({ steps })], { maxSteps });
    assert.ok(entry?.kind === 'job');
    assert.equal(entry.steps.at(-1)?.number, last, `${maxSteps} steps`);
  }
});

test('a report that was created after the start says nothing of the queue', () => {
  assert.equal(jobEntryOf(done({ createdAtMs: T0 + 60_000 })).queue, null);
});

test('the queue of a job that ran on while it was held is known at its end', () => {
  const tracing = createTracing(ALL);
  const held = transitionJob([], running(GATE), T0).state;
  assert.ok(held.heldUntilMs !== null);
  const nowMs = T0 + HOLD_MS;
  const before = releaseHold(held, [], nowMs).state;
  const { state: after } = transitionJob([before], GATED_END, nowMs);
  const change = { before, after, observation: GATED_END, namesakes: [], run: null, nowMs };
  assert.deepEqual(waitsIn(tracing.job(change).entries), ['queue 1 shop 0-7']);
});
