import { SELF } from '../domain/catalogue.ts';
import type { Changes, FailedDelivery, KnownStates, StateKeys } from '../domain/contracts.ts';
import type { Delivery, LeasedDelivery } from '../domain/delivery.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import { isCheckRun, transitionJob } from '../domain/lifecycle/job.ts';
import { transitionRun } from '../domain/lifecycle/run.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import { measure } from '../domain/measure.ts';
import { countOf, IncrementSums } from '../domain/metric.ts';
import type { JobObservation, Observation, Reading, RunObservation } from '../domain/observation.ts';

/*
 * From a batch of deliveries to the changes that they make, without any I/O. A delivery whose reading throws is set
 * aside and changes nothing; the others go on.
 */

export interface ReadDelivery {
  readonly delivery: LeasedDelivery;
  readonly reading: Reading;
}

export interface ReadBatch {
  readonly read: readonly ReadDelivery[];
  readonly unreadable: readonly { readonly delivery: LeasedDelivery; readonly error: unknown }[];
}

/** Reads every payload of the batch. */
export function readBatch(
  batch: readonly LeasedDelivery[],
  observe: (delivery: Delivery) => Reading,
): ReadBatch {
  const read: ReadDelivery[] = [];
  const unreadable: { delivery: LeasedDelivery; error: unknown }[] = [];
  for (const delivery of batch) {
    try {
      read.push({ delivery, reading: withoutCheckRuns(observe(delivery)) });
    } catch (error) {
      unreadable.push({ delivery, error });
    }
  }
  return { read, unreadable };
}

function withoutCheckRuns(reading: Reading): Reading {
  const isOther =
    'observation' in reading && reading.observation.kind === 'job' && isCheckRun(reading.observation);
  return isOther ? { ignored: 'check_run' } : reading;
}

/** The states that must be known before the readings can be applied. */
export function keysOf(read: readonly ReadDelivery[]): StateKeys {
  const jobs: JobObservation[] = [];
  const runs: RunObservation[] = [];
  for (const { reading } of read) {
    if (!('observation' in reading)) continue;
    if (reading.observation.kind === 'job') jobs.push(reading.observation);
    if (reading.observation.kind === 'run') runs.push(reading.observation);
  }
  return { jobs, runs };
}

/** Applies the readings, in their order, to the known states. */
export function changesOf(
  read: readonly ReadDelivery[],
  known: KnownStates,
  failed: readonly FailedDelivery[],
): Changes {
  const states = openStates(known);
  const sums = new IncrementSums();
  sums.add(
    failed.map(({ retryAtMs }) =>
      countOf(SELF.processingFailures, [retryAtMs === undefined ? 'parked' : 'retry']),
    ),
  );
  for (const { reading } of read) {
    const facts = 'ignored' in reading ? [ignoredFact(reading)] : states.apply(reading.observation);
    for (const fact of facts) sums.add(measure(fact));
  }
  return {
    jobs: [...states.changedJobs.values()],
    runs: [...states.changedRuns.values()],
    increments: sums.take(),
    processed: read.map(({ delivery }) => delivery.id),
    failed,
  };
}

function ignoredFact({ ignored }: Extract<Reading, { ignored: unknown }>): Fact {
  return { kind: 'ignored', reason: ignored };
}

/** The known states, as the batch changes them one observation after the other. */
function openStates(known: KnownStates) {
  const jobsByName = Map.groupBy(known.jobs, nameKey);
  const jobs = new Map(known.jobs.map((job) => [job.jobId, job]));
  const runs = new Map(known.runs.map((run) => [attemptKey(run), run]));
  const changedJobs = new Map<number, JobState>();
  const changedRuns = new Map<string, RunState>();

  function applyJob(job: JobObservation): readonly Fact[] {
    const key = nameKey(job);
    const before = jobs.get(job.jobId);
    const others = (jobsByName.get(key) ?? []).filter((other) => other.jobId !== job.jobId);
    const { state, facts } = transitionJob(before === undefined ? others : [before, ...others], job);
    jobsByName.set(key, [state, ...others]);
    jobs.set(state.jobId, state);
    changedJobs.set(state.jobId, state);
    return facts;
  }

  function applyRun(run: RunObservation): readonly Fact[] {
    const key = attemptKey(run);
    const { state, facts } = transitionRun(runs.get(key), run);
    runs.set(key, state);
    changedRuns.set(key, state);
    return facts;
  }

  function apply(observation: Observation): readonly Fact[] {
    switch (observation.kind) {
      case 'job':
        return applyJob(observation);
      case 'run':
        return applyRun(observation);
      case 'dispatch':
        return [{ kind: 'dispatched', dispatch: observation }];
    }
  }

  return { apply, changedJobs, changedRuns };
}

function nameKey({ runId, name }: { readonly runId: number; readonly name: string }): string {
  return `${runId} ${name}`;
}

function attemptKey({ runId, runAttempt }: { readonly runId: number; readonly runAttempt: number }): string {
  return `${runId} ${runAttempt}`;
}
