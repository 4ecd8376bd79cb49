import type { Delivery } from '../domain/delivery.ts';
import type { EventSample, Sampling } from '../domain/event-sample.ts';
import type { ObservationEntry } from '../domain/explanation.ts';
import type { RecordHistory } from '../domain/history.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import type { Measure } from '../domain/measure.ts';
import type { Increment, SeriesGroup } from '../domain/metric.ts';
import type { JobNumber, JobObservation, ObservationResult } from '../domain/observation.ts';
import type { CostOf } from '../domain/price/bill.ts';
import type { RepositoryLabel } from '../domain/repository-labels.ts';
import { seriesGroupOf } from '../domain/series-groups.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import type { Tracing } from '../domain/tracing.ts';
import type { Effects, KnownStates, StateKeys } from '../domain/transaction.ts';
import { type Applied, BatchStates } from './batch-states.ts';
import { LabelsByRepository, NO_LABELS, repositoriesOf } from './labels-by-repository.ts';
import { entryOf } from './observation-entry.ts';

/*
 * From a batch of deliveries to what comes of them, without any I/O. A delivery whose reading throws is set
 * aside and changes nothing; the others go on.
 */

export interface ReadDelivery<D extends Delivery = Delivery> {
  readonly delivery: D;
  /** Its place in the batch. */
  readonly place: number;
  readonly reading: ObservationResult;
}

export interface ReadBatch<D extends Delivery> {
  readonly read: readonly ReadDelivery<D>[];
  readonly unreadable: readonly { readonly delivery: D; readonly error: unknown }[];
}

/** Reads every payload of the batch. */
export function readBatch<D extends Delivery>(
  batch: readonly D[],
  observe: (delivery: Delivery) => ObservationResult,
): ReadBatch<D> {
  const read: ReadDelivery<D>[] = [];
  const unreadable: { delivery: D; error: unknown }[] = [];
  for (const [place, delivery] of batch.entries()) {
    try {
      read.push({ delivery, place, reading: observe(delivery) });
    } catch (error) {
      unreadable.push({ delivery, error });
    }
  }
  return { read, unreadable };
}

/**
 * The states that must be known before the readings can be applied. `forTraces`: those that traces ask for too.
 */
export function keysOf(read: readonly ReadDelivery[], forTraces: boolean): StateKeys {
  const jobs: StateKeys['jobs'][number][] = [];
  const runs: StateKeys['runs'][number][] = [];
  const repositories = repositoriesOf(read);
  const deployments: number[] = [];
  const reviews: number[] = [];
  for (const { reading } of read) {
    if (!('observation' in reading)) continue;
    const { observation } = reading;
    if (observation.kind === 'job' || observation.kind === 'reason') jobs.push(observation);
    if (observation.kind === 'run') runs.push(observation);
    // When its attempt began shows whether it ran in it.
    if (forTraces && observation.kind === 'job' && isLaterEnd(observation)) runs.push(runOf(observation));
    if (observation.kind === 'deployment') deployments.push(observation.deploymentId);
    if (observation.kind === 'review') reviews.push(...observation.jobs.map(({ jobId }) => jobId));
    if (observation.kind !== 'gone' && observation.kind !== 'confirmed') continue;
    if (observation.jobId === null) runs.push(observation);
    else jobs.push({ ...observation, jobId: observation.jobId });
  }
  const keys = { jobs, runs, deployments, reviews };
  return repositories.length === 0 ? keys : { ...keys, repositories };
}

function isLaterEnd({ status, runAttempt }: JobObservation): boolean {
  return status === 'completed' && runAttempt > 1;
}

function runOf({ runId, runAttempt }: JobObservation): StateKeys['runs'][number] {
  return { runId, runAttempt };
}

/** What is made of facts. */
export interface CountingRules {
  readonly measure: Measure;
  /** The same for names of other exporters; null or absent: none are asked for. */
  readonly compat?: Measure | null;
  readonly sampling: Sampling;
  readonly record: RecordHistory;
  readonly costOf: CostOf;
  /** Absent or empty: labels by repository are not asked for. */
  readonly repositoryLabels?: readonly RepositoryLabel[];
  /** Whether GitHub is asked why jobs failed. */
  readonly asksReasons?: boolean;
  /** Absent: no traces are sent. */
  readonly tracing?: Tracing | null;
}

export interface BatchWork {
  readonly read: readonly ReadDelivery[];
  readonly known: KnownStates;
  readonly nowMs: number;
}

/** Applies the readings, in their order, to the known states. */
export function effectsOf(
  { read, known, nowMs }: BatchWork,
  {
    measure,
    compat = null,
    sampling,
    record,
    costOf,
    repositoryLabels = [],
    asksReasons = false,
    tracing = null,
  }: CountingRules,
): Effects {
  const samples: EventSample[] = [];
  const traceEntries: TraceEntry[] = [];
  const states = new BatchStates(known, { nowMs, costOf, asksReasons, tracing });
  const labels = repositoryLabels.length === 0 ? null : new LabelsByRepository(repositoryLabels, known);
  const numbers: JobNumber[] = [];
  const observations: ObservationEntry[] = [];
  const groups: SeriesGroup[] = [];
  const increments: Increment[] = [];
  const facts: Fact[] = [];
  for (const { delivery, reading } of read) {
    const chosen = labels?.of(reading) ?? NO_LABELS;
    const applied: Applied =
      'observation' in reading
        ? states.apply(reading.observation, chosen.text)
        : { facts: [{ kind: 'ignored', reason: reading.ignored }], before: null, after: null };
    // What moves nothing, because it is too old or may be no job, has no series either.
    const group =
      'observation' in reading && applied.after !== null ? seriesGroupOf(reading.observation) : null;
    if (group !== null) groups.push(chosen.inGroup(group));
    facts.push(...applied.facts);
    const counted = chosen.on([...applied.facts, ...anomaliesOf(reading, applied)].flatMap(measure));
    increments.push(...counted);
    if (compat !== null) increments.push(...applied.facts.flatMap(compat));
    samples.push(...chosen.on(applied.facts.flatMap(sampling)));
    traceEntries.push(...(applied.traceEntries ?? []));
    for (const fact of applied.facts) if (fact.kind === 'numbers') numbers.push(...fact.numbers);
    const entry = entryOf(delivery, reading, { applied, counted, ...chosen.explained });
    if (entry !== null) observations.push(entry);
  }
  return {
    jobs: [...states.changedJobs.values()],
    runs: [...states.changedRuns.values()],
    deployments: [...states.changedDeployments.values()],
    reviews: [...states.changedReviews.values()],
    increments,
    samples,
    traceEntries,
    numbers,
    groups,
    observations,
    repositories: labels?.changed() ?? [],
    history: record(facts),
  };
}

/** Of what is damaged in a payload: once, where the end is counted, however often it is reported. */
function anomaliesOf(reading: ObservationResult, { facts }: Applied): Fact[] {
  if (!('observation' in reading) || reading.anomaly === undefined) return [];
  const isEnd = facts.some(({ kind }) => kind === 'job_completed' || kind === 'run_completed');
  return isEnd ? [{ kind: 'anomaly', anomaly: reading.anomaly }] : [];
}
