import { transitionDeployment } from '../domain/lifecycle/deployment.ts';
import { isFailed } from '../domain/lifecycle/execution.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import { markConfirmed, markGone } from '../domain/lifecycle/gone.ts';
import { transitionJob } from '../domain/lifecycle/job.ts';
import { answerReason, openReason } from '../domain/lifecycle/reason.ts';
import { countRepeats, NO_REPEATS } from '../domain/lifecycle/repeat.ts';
import { transitionReview } from '../domain/lifecycle/review.ts';
import { transitionRun } from '../domain/lifecycle/run.ts';
import { countServed } from '../domain/lifecycle/served.ts';
import {
  type DeploymentState,
  type JobState,
  jobsKey,
  type ReviewState,
  type RunState,
  runKey,
} from '../domain/lifecycle/state.ts';
import { isForgettable, isTooOld } from '../domain/lifecycle/too-old.ts';
import type {
  AskedObservation,
  DeploymentObservation,
  JobObservation,
  Observation,
  ReasonObservation,
  ReviewObservation,
  RunObservation,
} from '../domain/observation.ts';
import type { CostOf } from '../domain/price/bill.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import type { TracedJobChange, Tracing } from '../domain/tracing.ts';
import type { KnownStates } from '../domain/transaction.ts';

/** What one observation did. */
export interface Applied {
  readonly facts: readonly Fact[];
  /** The state before and after it; null if there is none, or none that is certainly a job. */
  readonly before: KnownState | null;
  readonly after: KnownState | null;
  readonly traceEntries?: readonly TraceEntry[];
}

type KnownState = JobState | RunState | DeploymentState | ReviewState;

const TOO_OLD: Applied = { facts: [{ kind: 'ignored', reason: 'too_old' }], before: null, after: null };

interface StatesOptions {
  readonly nowMs: number;
  readonly costOf: CostOf;
  /** As `CountingRules.asksReasons`. */
  readonly asksReasons: boolean;
  readonly tracing: Tracing | null;
}

/** The known states, as a batch changes them one observation after the other. */
export class BatchStates {
  readonly changedJobs = new Map<number, JobState>();
  readonly changedRuns = new Map<string, RunState>();
  readonly changedDeployments = new Map<number, DeploymentState>();
  readonly changedReviews = new Map<number, ReviewState>();
  readonly #jobsByName: Map<string, readonly JobState[]>;
  readonly #jobs: Map<number, JobState>;
  readonly #runs: Map<string, RunState>;
  readonly #deployments: Map<number, DeploymentState>;
  readonly #reviews: Map<number, ReviewState>;
  readonly #forgottenBeforeMs: number | null;
  readonly #nowMs: number;
  readonly #costOf: CostOf;
  readonly #asksReasons: boolean;
  readonly #tracing: Tracing | null;

  constructor(
    { jobs, runs, deployments, reviews, forgottenBeforeMs }: KnownStates,
    { nowMs, costOf, asksReasons, tracing }: StatesOptions,
  ) {
    this.#costOf = costOf;
    this.#jobsByName = Map.groupBy(jobs, jobsKey);
    this.#jobs = new Map(jobs.map((job) => [job.jobId, job]));
    this.#runs = new Map(runs.map((run) => [runKey(run), run]));
    this.#deployments = new Map(deployments.map((each) => [each.deploymentId, each]));
    this.#reviews = new Map(reviews.map((each) => [each.jobId, each]));
    this.#forgottenBeforeMs = forgottenBeforeMs;
    this.#nowMs = nowMs;
    this.#asksReasons = asksReasons;
    this.#tracing = tracing;
  }

  /** `ownLabels`: those of its repository, as `ownLabelsText`; null: none are asked for. */
  apply(observation: Observation, ownLabels: string | null = null): Applied {
    switch (observation.kind) {
      case 'job':
        return this.#applyJob(observation, ownLabels);
      case 'run':
        return this.#applyRun(observation, ownLabels);
      case 'deployment':
        return this.#applyDeployment(observation);
      case 'review':
        return this.#applyReview(observation);
      case 'gone':
      case 'confirmed':
        return this.#applyAsked(observation);
      case 'reason':
        return this.#applyReason(observation);
      case 'numbers':
        return { facts: [observation], before: null, after: null };
      case 'repository':
        return { facts: [], before: null, after: null };
      case 'dispatch':
        return { facts: [{ kind: 'dispatched', dispatch: observation }], before: null, after: null };
    }
  }

  #applyJob(job: JobObservation, ownLabels: string | null): Applied {
    const before = this.#jobs.get(job.jobId);
    if (before === undefined && isTooOld(job, this.#forgottenBeforeMs, this.#nowMs)) return TOO_OLD;
    const others = this.#othersOf(job);
    const known = before === undefined ? others : [before, ...others];
    const counted = transitionJob(known, job, this.#nowMs);
    const { state, facts } = this.#asksReasons ? openReason(counted) : counted;
    const priced = this.#priced(state, facts);
    const traced = this.#traced(before, priced, job, others);
    const after = withHeldLabels(traced.state, ownLabels);
    this.#keepJob(after);
    const repeats = state.isJob ? countRepeats([after, ...others]) : NO_REPEATS;
    for (const each of repeats.changed) this.#keepJob(each);
    const served = countServed(this.#jobsByName.get(jobsKey(job)) ?? []);
    for (const each of served.changed) this.#keepJob(each);
    return {
      facts: [...facts, ...repeats.facts, ...served.facts],
      before: before?.isJob ? before : null,
      after: state.isJob ? (this.#jobs.get(state.jobId) ?? null) : null,
      traceEntries: traced.entries,
    };
  }

  #traced(
    before: JobState | undefined,
    after: JobState,
    observation: JobObservation,
    others: readonly JobState[],
  ): TracedJobChange {
    if (this.#tracing === null || !after.isJob) return { entries: [], state: after };
    return this.#tracing.job({
      before: before?.isJob ? before : null,
      after,
      observation,
      namesakes: others.filter(({ isJob }) => isJob),
      run: this.#runs.get(runKey(after)) ?? null,
      nowMs: this.#nowMs,
    });
  }

  /** With what its failure cost. */
  #priced(state: JobState, facts: readonly Fact[]): JobState {
    if (!isFailed(state.conclusion)) return state;
    const end = facts.find((fact) => fact.kind === 'job_completed');
    return end === undefined ? state : { ...state, microDollars: this.#costOf(end.job, end.durationMs) };
  }

  #applyRun(run: RunObservation, ownLabels: string | null): Applied {
    const before = this.#runs.get(runKey(run));
    if (before === undefined && isTooOld(run, this.#forgottenBeforeMs, this.#nowMs)) return TOO_OLD;
    const { state, facts } = transitionRun(before, run, this.#nowMs);
    const settles = state.settlesAtMs !== null && state.settleLabels === null && ownLabels !== null;
    const after = settles ? { ...state, settleLabels: ownLabels } : state;
    this.#keepRun(after);
    const end = facts.find((fact) => fact.kind === 'run_completed');
    const traceEntries = end === undefined ? [] : (this.#tracing?.run(end.run) ?? []);
    return { facts, before: before ?? null, after, traceEntries };
  }

  #applyDeployment(deployment: DeploymentObservation): Applied {
    const { deploymentId } = deployment;
    const before = this.#deployments.get(deploymentId);
    const madeAtMs = deployment.createdAtMs ?? deployment.statusAtMs;
    if (before === undefined && isForgettable(madeAtMs, this.#forgottenBeforeMs, this.#nowMs)) return TOO_OLD;
    const { state, facts } = transitionDeployment(before, deployment, this.#nowMs);
    this.#deployments.set(deploymentId, state);
    this.changedDeployments.set(deploymentId, state);
    return { facts, before: before ?? null, after: state };
  }

  /** Of several jobs, the first is shown. */
  #applyReview(review: ReviewObservation): Applied {
    const each = review.jobs.map((job): Applied => {
      const before = this.#reviews.get(job.jobId);
      const isOld = isForgettable(job.createdAtMs, this.#forgottenBeforeMs, this.#nowMs);
      if (before === undefined && isOld) return TOO_OLD;
      const { state, facts } = transitionReview(before, review, job, this.#nowMs);
      this.#reviews.set(job.jobId, state);
      this.changedReviews.set(job.jobId, state);
      return { facts, before: before ?? null, after: state };
    });
    const shown = each.find(({ after }) => after !== null) ?? TOO_OLD;
    return { ...shown, facts: shown === TOO_OLD ? TOO_OLD.facts : each.flatMap(({ facts }) => facts) };
  }

  /** Of what is not known nothing was asked. */
  #applyAsked({ kind, jobId, observedAtMs, ...run }: AskedObservation): Applied {
    const before = (jobId === null ? this.#runs.get(runKey(run)) : this.#jobs.get(jobId)) ?? null;
    if (before === null) return { facts: [], before, after: null };
    const mark = kind === 'gone' ? markGone : markConfirmed;
    const after = mark(before, observedAtMs);
    if ('jobId' in after) this.#keepJob(after);
    else this.#keepRun(after);
    return { facts: [], before, after };
  }

  #applyReason(observation: ReasonObservation): Applied {
    const before = this.#jobs.get(observation.jobId);
    if (before === undefined) return { facts: [], before: null, after: null };
    const { state, facts } = answerReason(before, observation);
    this.#keepJob(state);
    return { facts, before, after: state };
  }

  #keepJob(job: JobState): void {
    this.#jobsByName.set(jobsKey(job), [job, ...this.#othersOf(job)]);
    this.#jobs.set(job.jobId, job);
    this.changedJobs.set(job.jobId, job);
  }

  #keepRun(run: RunState): void {
    this.#runs.set(runKey(run), run);
    this.changedRuns.set(runKey(run), run);
  }

  /** Of the same name in the same run. */
  #othersOf(job: Pick<JobState, 'jobId' | 'runId' | 'name'>): JobState[] {
    return (this.#jobsByName.get(jobsKey(job)) ?? []).filter((other) => other.jobId !== job.jobId);
  }
}

/** What is held is counted later under the labels of the delivery since which it is held. */
function withHeldLabels(job: JobState, ownLabels: string | null): JobState {
  const heldLabels = job.heldUntilMs === null ? null : (job.heldLabels ?? ownLabels);
  return heldLabels === job.heldLabels ? job : { ...job, heldLabels };
}
