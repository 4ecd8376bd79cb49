import { failedStepOf } from './failed-step.ts';
import type { FailureCause } from './failure-cause.ts';
import type { FailureReasonWord } from './failure-reason.ts';
import { jobLabel, labelValue, runsOnLabel } from './label-value.ts';
import type { EndedJob, Fact, JobWords } from './lifecycle/fact.ts';
import type { JobObservation, RunObservation, Step } from './observation.ts';
import { withoutIds } from './own-ids.ts';
import { billOfEnd, type PriceOptions } from './price/bill.ts';
import { isWastedEnd, type WasteReason } from './waste.ts';

/*
 * What happened, one record for each fact that a counter counted, with the time when it happened at GitHub.
 * Over any window, the records add up to what the counters moved for it. Names are label values, as series
 * have them before an operator's label patterns and policy.
 */

/** Whose record it is. */
export interface JobPlace {
  readonly jobId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  readonly jobName: string;
  readonly runsOn: string;
  /** `unknown` if no payload named it. */
  readonly runnerGroup: string;
}

/** A runner took the job: counted in `job_queue_seconds`. */
export interface StartedJob extends JobPlace {
  readonly startedAtMs: number;
  readonly queueMs: number;
}

/** The job ended: counted in `jobs_total`, `job_duration_seconds`, and what it costs. */
export interface FinishedJob extends JobPlace {
  /** When it ended; when that was reported, if GitHub did not say. */
  readonly endedAtMs: number;
  /** Null if no runner took it, or its times are damaged. */
  readonly durationMs: number | null;
  readonly conclusion: string;
  /** Null if it is free, or its price unknown. */
  readonly sku: string | null;
  readonly billedSeconds: number;
  readonly microDollars: number;
  /** Of a runner whose price is unknown. */
  readonly unpricedSeconds: number;
  /** Why all of that was for nothing; null if it was not, as far as is known. */
  readonly wasted: WasteReason | null;
  readonly steps: readonly Step[];
}

/** The job failed: counted in `job_failures_total`. */
export interface FailedJob extends JobPlace {
  readonly endedAtMs: number;
  readonly cause: FailureCause;
  /** The first step that failed; null if none is known. */
  readonly step: string | null;
}

/** Its annotations say why it failed: counted in `job_failure_reasons_total`. */
export interface ExplainedJob extends JobPlace {
  readonly endedAtMs: number;
  readonly reason: FailureReasonWord;
  readonly exitCode: number | null;
}

/** The job succeeded after it had failed: counted in `flaky_jobs_total`. */
export interface FlakyJob extends JobPlace {
  readonly endedAtMs: number;
  readonly times: number;
}

/** The job, whose end is on record, ran again: counted in `wasted_seconds_total`. Its record becomes `repeated`. */
export interface RepeatedJob {
  readonly jobId: number;
  readonly endedAtMs: number;
}

/** An attempt of a run ended, or was held for an approval: counted in `runs_total` and `run_duration_seconds`. */
export interface FinishedRun {
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  readonly event: string;
  readonly branch: string;
  readonly conclusion: string;
  readonly endedAtMs: number;
  readonly durationMs: number | null;
}

export interface HistoryRecords {
  readonly startedJobs: readonly StartedJob[];
  readonly finishedJobs: readonly FinishedJob[];
  readonly failedJobs: readonly FailedJob[];
  readonly explainedJobs: readonly ExplainedJob[];
  readonly flakyJobs: readonly FlakyJob[];
  readonly repeatedJobs: readonly RepeatedJob[];
  readonly finishedRuns: readonly FinishedRun[];
}

export const NO_HISTORY: HistoryRecords = {
  startedJobs: [],
  finishedJobs: [],
  failedJobs: [],
  explainedJobs: [],
  flakyJobs: [],
  repeatedJobs: [],
  finishedRuns: [],
};

/** The records of facts. */
export type RecordHistory = (facts: readonly Fact[]) => HistoryRecords;

export function createRecordHistory(options: PriceOptions): RecordHistory {
  return (facts) => {
    const startedJobs: StartedJob[] = [];
    const finishedJobs: FinishedJob[] = [];
    const failedJobs: FailedJob[] = [];
    const explainedJobs: ExplainedJob[] = [];
    const flakyJobs: FlakyJob[] = [];
    const repeatedJobs: RepeatedJob[] = [];
    const finishedRuns: FinishedRun[] = [];
    for (const fact of facts) {
      if (fact.kind === 'job_started') {
        const { job, queueMs } = fact;
        startedJobs.push({ ...placeOf(job), startedAtMs: job.startedAtMs, queueMs });
      } else if (fact.kind === 'job_completed')
        finishedJobs.push(finishedJob(fact.job, fact.durationMs, options));
      else if (fact.kind === 'job_failed')
        failedJobs.push({ ...endOf(fact.job), cause: fact.cause, step: failedStepOf(fact.job) });
      else if (fact.kind === 'job_reason') explainedJobs.push({ ...endOf(fact.job), ...fact.reason });
      else if (fact.kind === 'job_flaky') flakyJobs.push({ ...endOf(fact.job), times: fact.times });
      else if (fact.kind === 'job_repeated') repeatedJobs.push(repeatedJob(fact.job));
      else if (fact.kind === 'run_completed') finishedRuns.push(finishedRun(fact.run, fact.durationMs));
    }
    return {
      startedJobs,
      finishedJobs,
      failedJobs,
      explainedJobs,
      flakyJobs,
      repeatedJobs,
      finishedRuns,
    };
  };
}

function finishedJob(job: JobObservation, durationMs: number | null, options: PriceOptions): FinishedJob {
  const bill = billOfEnd(job, durationMs, options);
  const isPriced = bill !== null && bill.sku !== null;
  return {
    ...endOf(job),
    durationMs,
    conclusion: job.conclusion ?? 'unknown',
    sku: bill?.sku ?? null,
    billedSeconds: isPriced ? bill.seconds : 0,
    microDollars: isPriced ? bill.microDollars : 0,
    unpricedSeconds: bill !== null && !isPriced ? bill.seconds : 0,
    wasted: durationMs !== null && isWastedEnd(job) ? 'cancelled' : null,
    steps: job.steps,
  };
}

function repeatedJob(job: EndedJob): RepeatedJob {
  const { jobId, endedAtMs } = endOf(job);
  return { jobId, endedAtMs };
}

/** The record of the end of a run attempt. */
export function finishedRun(
  run: Omit<RunObservation, 'kind' | 'source'>,
  durationMs: number | null,
): FinishedRun {
  const { runId, runAttempt, repository, workflow, event, branch, conclusion } = run;
  const endedAtMs = run.updatedAtMs ?? run.observedAtMs;
  return {
    runId,
    runAttempt,
    repository: labelValue(repository),
    workflow: labelValue(workflow),
    event: labelValue(event),
    branch: labelValue(branch),
    conclusion: conclusion ?? 'unknown',
    endedAtMs,
    durationMs,
  };
}

/** Whose end it is, and when it ended; when that was reported, if GitHub did not say. */
export function endOf(job: EndedJob): JobPlace & { readonly endedAtMs: number } {
  const reportedAtMs = 'statusAtMs' in job ? job.statusAtMs : job.observedAtMs;
  return { ...placeOf(job), endedAtMs: job.completedAtMs ?? reportedAtMs };
}

export function placeOf(job: JobWords & Pick<JobObservation, 'runnerGroup'>): JobPlace {
  const { jobId, runId, runAttempt, repository, workflow } = job;
  return {
    jobId,
    runId,
    runAttempt,
    repository: labelValue(repository),
    workflow: labelValue(workflow),
    jobName: labelValue(jobLabel(job)),
    runsOn: labelValue(runsOnLabel(job)),
    runnerGroup: labelValue(withoutIds(job.runnerGroup ?? 'unknown', job)),
  };
}
