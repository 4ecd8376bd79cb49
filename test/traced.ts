import { effectsOf, keysOf, readBatch } from '../src/collector/batch.ts';
import { type HoldsOptions, releaseHolds } from '../src/collector/release-holds.ts';
import { HOLD_MS } from '../src/domain/lifecycle/gate.ts';
import { type JobState, jobsKey, type RunState, runKey } from '../src/domain/lifecycle/state.ts';
import type { TraceEntry } from '../src/domain/trace-entry.ts';
import type { Decide, StateKeys } from '../src/domain/transaction.ts';
import { createObserve } from '../src/github/observe.ts';
import { createTracing, type TracingOptions } from '../src/traces/tracing.ts';
import { deliveryOf, PROCESSING_RULES, type Webhook } from './pipeline.ts';

/*
 * From webhooks to trace entries, by the rules of the service and in its order, but without a store: states are in
 * maps, and only those are found that were asked for.
 */

const ALL: TracingOptions = { steps: 'all', maxSteps: 1000, runs: 'all', priceRules: [] };

/** Of a service that traces everything. */
export const TRACING_RULES = {
  ...PROCESSING_RULES,
  observe: createObserve([], { forTraces: true }),
  tracing: createTracing(ALL),
};

export interface Traced {
  readonly entries: readonly TraceEntry[];
  /** What is known in the end. */
  readonly jobs: readonly JobState[];
  readonly runs: readonly RunState[];
}

/** The entries that the deliveries make, and then the end of all holds. */
export async function traced(
  sent: readonly Webhook[],
  nowMs: number,
  options: Partial<TracingOptions> = {},
  batchSize = 3,
): Promise<Traced> {
  const rules = { ...TRACING_RULES, tracing: createTracing({ ...ALL, ...options }) };
  const jobs = new Map<number, JobState>();
  const runs = new Map<string, RunState>();
  const entries: TraceEntry[] = [];

  const apply = (changes: Pick<ReturnType<Decide>, 'jobs' | 'runs' | 'traceEntries'>) => {
    for (const job of changes.jobs) jobs.set(job.jobId, job);
    for (const run of changes.runs) runs.set(runKey(run), run);
    entries.push(...changes.traceEntries);
  };
  const knownOf = (keys: StateKeys) => {
    const wanted = new Set(keys.jobs.map(jobsKey));
    const ids = new Set(keys.jobs.map(({ jobId }) => jobId));
    return {
      jobs: [...jobs.values()].filter((job) => ids.has(job.jobId) || wanted.has(jobsKey(job))),
      runs: keys.runs.map(runKey).flatMap((key) => runs.get(key) ?? []),
      ...{ deployments: [], reviews: [], forgottenBeforeMs: null },
    };
  };

  const seen = new Set<string>();
  const fresh = sent.filter(({ guid }) => !seen.has(guid) && seen.add(guid));
  const deliveries = fresh.map((each) => deliveryOf(each, nowMs));
  for (let at = 0; at < deliveries.length; at += batchSize) {
    const { read } = readBatch(deliveries.slice(at, at + batchSize), rules.observe);
    apply(effectsOf({ read, known: knownOf(keysOf(read, true)), nowMs }, rules));
  }
  const laterMs = nowMs + HOLD_MS;
  const queue: HoldsOptions['queue'] = {
    heldJobs: async () => [...jobs.values()].filter(({ heldUntilMs }) => heldUntilMs !== null),
    async process(_, keys, decide) {
      apply(decide([], knownOf(keys), laterMs));
      return { outcomes: [], outbox: {} as never };
    },
  };
  await releaseHolds({ queue, rules: () => rules, clock: () => laterMs });
  return { entries, jobs: [...jobs.values()], runs: [...runs.values()] };
}
