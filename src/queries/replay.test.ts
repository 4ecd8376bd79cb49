import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Demand, replay } from './replay.ts';

interface Job {
  readonly arrives: number;
  readonly lasts: number;
  readonly counted: boolean;
}

function demandOf(jobs: readonly Job[], from: number, to: number): Demand {
  return {
    arrivesAtMs: Float64Array.from(jobs, ({ arrives }) => arrives),
    durationMs: Float64Array.from(jobs, ({ lasts }) => lasts),
    isCounted: Uint8Array.from(jobs, ({ counted }) => Number(counted)),
    fromMs: from,
    toMs: to,
  };
}

/** Goes from one moment to the next with a list of free runners, and knows nothing of heaps. */
function walk(jobs: readonly Job[], runners: number, from: number, to: number) {
  const busyUntil: number[] = Array(runners).fill(from);
  const waits: number[] = [];
  let [next, busy] = [0, 0];
  for (let now = from; next < jobs.length; now += 1) {
    for (;;) {
      const job = jobs[next];
      const runner = busyUntil.findIndex((until) => until <= now);
      if (job === undefined || job.arrives > now || runner < 0) break;
      busyUntil[runner] = now + job.lasts;
      for (let moment = now; moment < now + job.lasts; moment += 1) if (moment < to) busy += 1;
      if (job.counted) waits.push(now - job.arrives);
      next += 1;
    }
  }
  return { waits: waits.sort((a, b) => a - b), busy };
}

test('replays any jobs as a walk from moment to moment does', () => {
  const someJob = fc.record({ arrives: fc.nat(30), lasts: fc.nat(8), counted: fc.boolean() });
  const someJobs = fc
    .array(someJob, { maxLength: 25 })
    .map((jobs) => jobs.toSorted((a, b) => a.arrives - b.arrives));
  fc.assert(
    fc.property(someJobs, fc.integer({ min: 1, max: 6 }), (jobs, runners) => {
      const { waits, busy } = walk(jobs, runners, 10, 25);
      const found = replay(demandOf(jobs, 10, 25), runners);
      const nearest = (p: number) => waits[Math.ceil(waits.length * p) - 1] ?? Number.NaN;
      assert.deepEqual(
        [found.p50Ms, found.p95Ms, found.maxMs, found.busyMs],
        [nearest(0.5), nearest(0.95), waits.at(-1) ?? Number.NaN, busy],
      );
    }),
  );
});

test('the one after two long jobs waits for the shorter one', () => {
  const jobs = [
    { arrives: 0, lasts: 100, counted: true },
    { arrives: 0, lasts: 60, counted: true },
    { arrives: 10, lasts: 5, counted: true },
  ];
  assert.deepEqual(replay(demandOf(jobs, 0, 1000), 2), {
    runners: 2,
    p50Ms: 0,
    p95Ms: 50,
    maxMs: 50,
    busyMs: 165,
  });
});

/** Seeded, so that the sample is the same on every machine (the generator is mulberry32). */
function openRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The probability that a job waits, by Erlang's formula. `offered`: arrivals in one mean duration. */
function erlangC(offered: number, runners: number): number {
  let term = 1;
  let sum = 0;
  for (let n = 0; n < runners; n += 1) {
    sum += term;
    term *= offered / (n + 1);
  }
  const all = (term * runners) / (runners - offered);
  return all / (sum + all);
}

test('random arrivals and durations wait as queueing theory says (M/M/k)', () => {
  assert.equal(erlangC(1, 2).toFixed(9), (1 / 3).toFixed(9));
  for (const [runners, load] of [
    [1, 0.7],
    [4, 0.85],
    [20, 0.8],
  ] as const) {
    const random = openRandom(runners);
    const exponential = (mean: number) => -mean * Math.log(1 - random());
    const [duration, count] = [1000, 500_000];
    const gap = duration / (runners * load);
    let now = 0;
    const jobs = Array.from({ length: count }, () => {
      now += exponential(gap);
      return { arrives: now, lasts: exponential(duration), counted: true };
    });
    const found = replay(demandOf(jobs, 0, now), runners);
    // P(wait > t) = C · exp(-(1 - load) · runners · t / duration)
    const waits = erlangC(runners * load, runners);
    const percentile = (p: number) => (Math.log(waits / (1 - p)) * duration) / (runners * (1 - load));
    const isNear = (value: number, expected: number) => Math.abs(value / expected - 1) < 0.05;
    assert.ok(isNear(found.p95Ms, percentile(0.95)), `${runners}: ${found.p95Ms}, not ${percentile(0.95)}`);
    if (waits > 0.55) assert.ok(isNear(found.p50Ms, percentile(0.5)), `${runners}: ${found.p50Ms}`);
    assert.ok(isNear(found.busyMs / (runners * now), load));
  }
});
