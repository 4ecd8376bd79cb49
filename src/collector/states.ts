import type { Fact } from '../domain/lifecycle/fact.ts';
import { markConfirmed, markGone } from '../domain/lifecycle/gone.ts';
import { transitionJob } from '../domain/lifecycle/job.ts';
import { transitionRun } from '../domain/lifecycle/run.ts';
import { type JobState, jobsKey, type RunState, runKey } from '../domain/lifecycle/state.ts';
import { isTooOld } from '../domain/lifecycle/too-old.ts';
import type { AskedObservation, JobObservation, Observation, RunObservation } from '../domain/observation.ts';
import type { KnownStates } from '../domain/transaction.ts';

/** What one observation did. */
export interface Applied {
  readonly facts: readonly Fact[];
  /** The state before and after it; null where there is none, or none of what is certain to be a job. */
  readonly before: JobState | RunState | null;
  readonly after: JobState | RunState | null;
}

const TOO_OLD: Applied = { facts: [{ kind: 'ignored', reason: 'too_old' }], before: null, after: null };

export interface States {
  apply(observation: Observation): Applied;
  readonly changedJobs: ReadonlyMap<number, JobState>;
  readonly changedRuns: ReadonlyMap<string, RunState>;
}

/** The known states, as a batch changes them one observation after the other. */
export function openStates(known: KnownStates, nowMs: number): States {
  const jobsByName = Map.groupBy(known.jobs, jobsKey);
  const jobs = new Map(known.jobs.map((job) => [job.jobId, job]));
  const runs = new Map(known.runs.map((run) => [runKey(run), run]));
  const changedJobs = new Map<number, JobState>();
  const changedRuns = new Map<string, RunState>();

  function keep(state: JobState | RunState): void {
    if (!('jobId' in state)) {
      runs.set(runKey(state), state);
      changedRuns.set(runKey(state), state);
      return;
    }
    const others = (jobsByName.get(jobsKey(state)) ?? []).filter((other) => other.jobId !== state.jobId);
    jobsByName.set(jobsKey(state), [state, ...others]);
    jobs.set(state.jobId, state);
    changedJobs.set(state.jobId, state);
  }

  function applyJob(job: JobObservation): Applied {
    const key = jobsKey(job);
    const before = jobs.get(job.jobId);
    if (before === undefined && isTooOld(job, known.forgottenBeforeMs, nowMs)) return TOO_OLD;
    const others = (jobsByName.get(key) ?? []).filter((other) => other.jobId !== job.jobId);
    const { state, facts } = transitionJob(before === undefined ? others : [before, ...others], job, nowMs);
    keep(state);
    return { facts, before: before?.isJob ? before : null, after: state.isJob ? state : null };
  }

  function applyRun(run: RunObservation): Applied {
    const key = runKey(run);
    const before = runs.get(key);
    if (before === undefined && isTooOld(run, known.forgottenBeforeMs, nowMs)) return TOO_OLD;
    const { state, facts } = transitionRun(before, run);
    keep(state);
    return { facts, before: before ?? null, after: state };
  }

  /** Of what is not known nothing was asked. */
  function applyAsked({ kind, jobId, observedAtMs, ...run }: AskedObservation): Applied {
    const before = (jobId === null ? runs.get(runKey(run)) : jobs.get(jobId)) ?? null;
    const mark = kind === 'gone' ? markGone : markConfirmed;
    const after = before === null ? null : mark(before, observedAtMs);
    if (after !== null) keep(after);
    return { facts: [], before, after };
  }

  function apply(observation: Observation): Applied {
    switch (observation.kind) {
      case 'job':
        return applyJob(observation);
      case 'run':
        return applyRun(observation);
      case 'gone':
      case 'confirmed':
        return applyAsked(observation);
      case 'numbers':
        return { facts: [observation], before: null, after: null };
      case 'dispatch':
        return { facts: [{ kind: 'dispatched', dispatch: observation }], before: null, after: null };
    }
  }

  return { apply, changedJobs, changedRuns };
}
