import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveriesOf } from '../simulator/deliveries.ts';
import type { Attempt } from '../simulator/model.ts';
import { executionsOf, lastReported, reportedEnd } from '../simulator/truth-reported.ts';
import { pastWorld, runsOf, SHORTEST_SPAN_MS, type World } from '../simulator/world.ts';
import { isCarriedOver } from '../src/domain/lifecycle/carried-over.ts';
import { runKey } from '../src/domain/lifecycle/state.ts';
import { spanCount, type TraceEntry } from '../src/domain/trace-entry.ts';
import type { Attributes } from '../src/otlp/attributes.ts';
import type { Span } from '../src/otlp/trace-data.ts';
import { resourceSpansOf, type SpanOptions } from '../src/traces/spans.ts';
import { CASES } from './cases.ts';
import { disturbances, disturbed } from './disturbed.ts';
import { deliveryOf, openPipeline, type Webhook } from './pipeline.ts';
import { NOW, smallWorlds } from './small-worlds.ts';
import { type Traced, traced } from './traced.ts';

/* What must hold for the traces of all histories, however their deliveries arrive. */

const OPTIONS: SpanOptions = {
  ids: 'check-run',
  style: 'semconv',
  people: true,
  serviceName: '{repository}',
  webUrl: 'https://github.com',
  version: '1.2.3',
};

const pastWorlds: fc.Arbitrary<World> = fc
  .record({
    seed: fc.nat(),
    runs: fc.integer({ min: 1, max: 3 }),
    inFlight: fc.constantFrom(0, 0.5),
    refusals: fc.constantFrom(0, 0.5),
  })
  .map(({ seed, ...rest }) => pastWorld({ seed: `${seed}`, ...rest, endMs: NOW, spanMs: SHORTEST_SPAN_MS }));

function sentOf(world: World): Webhook[] {
  return Array.from(deliveriesOf(world), ({ guid, event, body }) => ({ guid, event, body: body() }));
}

const WORLDS = [
  { name: 'small worlds', worlds: smallWorlds, numRuns: Math.ceil(1500 * CASES) },
  { name: 'simulated worlds', worlds: pastWorlds.map(sentOf), numRuns: Math.ceil(60 * CASES) },
];

type Spanned = Span & { readonly resource: Attributes };

function spansOf(entries: readonly TraceEntry[]): Spanned[] {
  return resourceSpansOf(entries, OPTIONS).flatMap(({ resource, spans }) =>
    spans.map((span) => ({ ...span, resource })),
  );
}

function linesOf(entries: readonly TraceEntry[]): string[] {
  return spansOf(entries)
    .map((span) => JSON.stringify(span))
    .sort();
}

/**
 * The entries without those of jobs that all that is known in the end shows to be carried over. They are made only for
 * a report that arrives before all events of its attempt and before the job that ran.
 */
function withoutLoneCopies({ entries, jobs, runs }: Traced): readonly TraceEntry[] {
  const attempts = new Map(runs.map((run) => [runKey(run), run]));
  const copies = jobs.filter((job) => {
    const earlier = jobs.filter(
      ({ runId, runAttempt }) => runId === job.runId && runAttempt < job.runAttempt,
    );
    const run = attempts.get(runKey(job));
    return isCarriedOver(job, earlier, run ?? { runAttempt: job.runAttempt, runStartedAtMs: null });
  });
  const ids = new Set(copies.map(({ jobId }) => jobId));
  return entries.filter((entry) => entry.kind === 'run' || !ids.has(entry.jobId));
}

/** The events of runs first: with them, no report of a job is ever taken for another. */
function runsFirst(sent: readonly Webhook[]): Webhook[] {
  return sent.toSorted((a, b) => Number(a.event !== 'workflow_run') - Number(b.event !== 'workflow_run'));
}

for (const { name, worlds, numRuns } of WORLDS) {
  test(`${name}: any order and any duplication gives the same spans`, async () => {
    const property = fc.asyncProperty(
      worlds,
      disturbances,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (world, how, batchSize, areRunsFirst) => {
        const sent = disturbed(world, how);
        const expected = linesOf((await traced(world, NOW)).entries);
        const found = await traced(areRunsFirst ? runsFirst(sent) : sent, NOW, {}, batchSize);
        assert.deepEqual(linesOf(areRunsFirst ? found.entries : withoutLoneCopies(found)), expected);
      },
    );
    await fc.assert(property, { numRuns });
  });

  test(`${name}: ids are unique, no span has a parent in vain, and no entry has more spans than it counts`, async () => {
    const property = fc.asyncProperty(worlds, disturbances, async (world, how) => {
      const { entries } = await traced(disturbed(world, how), NOW);
      const spans = spansOf(entries);
      const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`));
      assert.equal(ids.size, spans.length);
      assert.equal(
        spans.length,
        entries.reduce((sum, entry) => sum + spanCount(entry), 0),
      );
      const complete = new Set(spans.filter((span) => span.parentSpanId === null).map(traceOf));
      for (const span of spans.filter((each) => complete.has(traceOf(each)) && each.parentSpanId !== null))
        assert.ok(ids.has(`${span.traceId}/${span.parentSpanId}`), `${span.name} has no parent`);
    });
    await fc.assert(property, { numRuns });
  });

  test(`${name}: spans last as long as what the metrics count`, async () => {
    const property = fc.asyncProperty(worlds.map(ofEndedJobs), async (world) => {
      const { entries } = await traced(world, NOW);
      const spans = spansOf(entries);
      const sums = await sumsOf(world);
      for (const [metric, kind] of MEASURED) {
        const of = spans.filter((span) => span.name === kind);
        const seconds = of.reduce((sum, span) => sum + (span.endMs - span.startMs) / 1000, 0);
        assert.deepEqual([kind, of.length, seconds], [kind, ...(sums.get(metric) ?? [0, 0])]);
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(numRuns / 10) });
  });
}

const MEASURED = [
  ['job_queue_seconds', 'queue'],
  ['job_approval_seconds', 'approval'],
] as const;

function traceOf({ traceId }: Span): string {
  return traceId;
}

/** Without what is reported of jobs that have no end: their queue is counted, and their spans are still to come. */
function ofEndedJobs(sent: readonly Webhook[]): Webhook[] {
  const jobOf = ({ body }: Webhook) =>
    JSON.parse(body).workflow_job as { id: number; status: string } | undefined;
  const ended = new Set(sent.map(jobOf).flatMap((job) => (job?.status === 'completed' ? [job.id] : [])));
  return sent.filter((each) => ended.has(jobOf(each)?.id ?? 0) || each.event !== 'workflow_job');
}

/** How often something was measured by metrics, and the seconds that it took. */
async function sumsOf(world: readonly Webhook[]): Promise<Map<string, [number, number]>> {
  await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
  await pipeline.accept(world.map((each) => deliveryOf(each, NOW)));
  await pipeline.settle();
  const text = await pipeline.text();
  const sums = new Map<string, [number, number]>();
  for (const [, name = '', part = '', value] of text.matchAll(
    /^github_actions_(\w+)_(count|sum)\{.*\} (\S+)$/gm,
  )) {
    const [count, sum] = sums.get(name) ?? [0, 0];
    sums.set(name, part === 'count' ? [count + Number(value), sum] : [count, sum + Number(value)]);
  }
  return sums;
}

/** A run that waits for somebody's permission is reported as completed before it begins: it has not ended. */
function hasEnded(attempt: Attempt, endMs: number): boolean {
  return reportedEnd(attempt, endMs) !== undefined && attempt.conclusion !== 'action_required';
}

test('simulated worlds: exactly the attempts and the jobs that ran and ended have spans', async () => {
  const property = fc.asyncProperty(pastWorlds, disturbances, async (world, how) => {
    const { entries } = await traced(runsFirst(disturbed(sentOf(world), how)), NOW);
    const expected = Iterator.from(runsOf(world)).flatMap((run) =>
      run.attempts.flatMap((attempt) => [
        ...(hasEnded(attempt, world.endMs) ? [`run ${run.id}/${attempt.number}`] : []),
        ...executionsOf(attempt)
          .filter((job) => lastReported(job, world.endMs)?.status === 'completed')
          .map((job) => `job ${job.id}`),
      ]),
    );
    const found = entries.flatMap((entry) => {
      if (entry.kind === 'run') return [`run ${entry.origin.runId}/${entry.origin.runAttempt}`];
      return entry.kind === 'job' ? [`job ${entry.jobId}`] : [];
    });
    assert.deepEqual(found.sort(), [...expected].sort());
  });
  await fc.assert(property, { numRuns: Math.ceil(60 * CASES) });
});
