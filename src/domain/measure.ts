import { DOMAIN } from './catalogue.ts';
import { type Exemplar, exemplarOf } from './exemplar.ts';
import { failedStepOf } from './failed-step.ts';
import { jobLabel, runsOnLabel } from './label-value.ts';
import type { Fact, FactOf, JobWords } from './lifecycle/fact.ts';
import { countOf, histogramIncrements, type Increment, type Metric } from './metric.ts';
import type { JobObservation, RunObservation } from './observation.ts';
import { withoutIds } from './own-ids.ts';
import { SELF } from './own-metrics.ts';
import { billOfEnd, type PriceOptions } from './price/bill.ts';
import { isWastedEnd, type WasteReason } from './waste.ts';

/** What an operator decides about the numbers. */
export interface MeasureOptions extends PriceOptions {
  /** The upper bucket bounds of all durations of GitHub's work, in milliseconds, ascending. */
  readonly durationBucketsMs: readonly number[];
  /** Whether steps have durations of their own. */
  readonly stepDurations: boolean;
  /** Whether failures are counted by step too. */
  readonly failedSteps?: boolean;
  /** Whether buckets of durations and queue times get an exemplar. */
  readonly exemplars?: boolean;
}

/** What a fact adds to which series. Label values come only from the fact itself. */
export type Measure = (fact: Fact) => Increment[];

export function createMeasure(options: MeasureOptions): Measure {
  return (fact) => {
    switch (fact.kind) {
      case 'job_started':
        return measureJobStart(fact, options);
      case 'job_approved':
        return duration(DOMAIN.jobApproval, placeOf(fact.job), fact.approvalMs, options);
      case 'job_completed':
        return measureJobEnd(fact.job, fact.durationMs, options);
      case 'job_failed':
        return measureFailure(fact, options);
      case 'job_reason': {
        const labels = [...placeOf(fact.job), jobLabel(fact.job), fact.reason.reason];
        return [countOf(DOMAIN.jobFailureReasons, labels)];
      }
      case 'reason_asked':
        return [countOf(SELF.failuresAsked, [fact.outcome])];
      case 'job_flaky':
        return [countOf(DOMAIN.flakyJobs, [...placeOf(fact.job), jobLabel(fact.job)], fact.times)];
      case 'job_repeated':
        return wasteOf(fact.job, 'repeated', {
          ms: fact.job.durationMs,
          microDollars: fact.job.microDollars ?? 0,
        });
      case 'run_completed':
        return measureRunEnd(fact.run, fact.durationMs, options);
      case 'run_started': {
        const { run, queueMs } = fact;
        const exemplar =
          options.exemplars === true && exemplarOf({ ...run, jobId: null }, queueMs, run.startedAtMs);
        return duration(DOMAIN.runQueue, placeOf(run), queueMs, options, exemplar);
      }
      case 'run_repeated':
        return [countOf(DOMAIN.reruns, [...placeOf(fact.run), fact.rerunKind])];
      case 'deployment_reached':
        return measureDeployment(fact, options);
      case 'deployment_reviewed':
        return measureReview(fact, options);
      case 'dispatched':
        return [countOf(DOMAIN.dispatches, placeOf(fact.dispatch))];
      // Only names of other exporters count these.
      case 'job_queued':
      case 'job_served':
      case 'run_seen':
      case 'numbers':
        return [];
      case 'anomaly':
        return [countOf(SELF.timestampAnomalies, [fact.anomaly])];
      case 'ignored':
        return [countOf(SELF.ignoredObservations, [fact.reason])];
    }
  };
}

function measureJobStart({ job, queueMs }: FactOf<'job_started'>, options: MeasureOptions): Increment[] {
  const labels = [...placeOf(job), runsOnLabel(job)];
  const exemplar = options.exemplars === true && exemplarOf(job, queueMs, job.startedAtMs);
  return duration(DOMAIN.jobQueue, labels, queueMs, options, exemplar);
}

function measureJobEnd(job: JobObservation, durationMs: number | null, options: MeasureOptions): Increment[] {
  const { repository } = job;
  const [name, pool] = [jobLabel(job), runsOnLabel(job)];
  const conclusion = job.conclusion ?? 'unknown';
  const increments = [countOf(DOMAIN.jobs, [...placeOf(job), name, pool, conclusion])];
  if (durationMs === null) return increments;
  const exemplar =
    options.exemplars === true &&
    job.completedAtMs !== null &&
    exemplarOf(job, durationMs, job.completedAtMs);
  const runnerGroup = withoutIds(job.runnerGroup ?? 'unknown', job);
  increments.push(
    ...duration(DOMAIN.jobDuration, [...placeOf(job), name, conclusion], durationMs, options, exemplar),
    ...(durationMs > 0 ? [countOf(DOMAIN.runnerBusy, [repository, pool, runnerGroup], durationMs)] : []),
    ...measureBill(job, durationMs, options),
  );
  if (options.stepDurations) increments.push(...measureSteps(job, name, options));
  return increments;
}

function measureFailure(
  { job, cause }: Extract<Fact, { kind: 'job_failed' }>,
  { failedSteps = false }: MeasureOptions,
): Increment[] {
  const named = [...placeOf(job), jobLabel(job)];
  const step = failedSteps ? failedStepOf(job) : null;
  const ofStep = step === null ? [] : [countOf(DOMAIN.jobFailedSteps, [...named, step])];
  return [countOf(DOMAIN.jobFailures, [...named, cause]), ...ofStep];
}

function measureSteps(job: JobObservation, name: string, options: MeasureOptions): Increment[] {
  return job.steps.flatMap((step) => {
    if (step.startedAtMs === null || step.completedAtMs === null || step.conclusion === 'skipped') return [];
    const stepName = withoutIds(step.name, job);
    const labels = [...placeOf(job), name, stepName, step.conclusion ?? 'unknown'];
    const ms = step.completedAtMs - step.startedAtMs;
    const anomaly = ms < 0 ? [countOf(SELF.timestampAnomalies, ['step_duration'])] : [];
    return [...duration(DOMAIN.stepDuration, labels, Math.max(0, ms), options), ...anomaly];
  });
}

function measureRunEnd(run: RunObservation, durationMs: number | null, options: MeasureOptions): Increment[] {
  const { repository, workflow, branch } = run;
  const conclusion = run.conclusion ?? 'unknown';
  const count = countOf(DOMAIN.runs, [repository, workflow, run.event, branch, conclusion]);
  if (durationMs === null) return [count];
  const labels = [repository, workflow, branch, conclusion];
  const exemplar =
    options.exemplars === true &&
    run.updatedAtMs !== null &&
    exemplarOf({ ...run, jobId: null }, durationMs, run.updatedAtMs);
  return [count, ...duration(DOMAIN.runDuration, labels, durationMs, options, exemplar)];
}

function measureDeployment(
  { deployment, state, durationMs, sinceRunMs }: FactOf<'deployment_reached'>,
  options: MeasureOptions,
): Increment[] {
  const place = [deployment.repository, deployment.environment];
  return [
    countOf(DOMAIN.deployments, [...place, state]),
    ...(durationMs === null
      ? []
      : duration(DOMAIN.deploymentDuration, [...place, state], durationMs, options)),
    ...(sinceRunMs === null ? [] : duration(DOMAIN.runToEnvironment, place, sinceRunMs, options)),
  ];
}

function measureReview(
  { repository, job, status, approvalMs }: FactOf<'deployment_reviewed'>,
  options: MeasureOptions,
): Increment[] {
  const place = [repository, job.environment];
  const count = countOf(DOMAIN.deploymentReviews, [...place, status]);
  return approvalMs === null
    ? [count]
    : [count, ...duration(DOMAIN.deploymentApproval, place, approvalMs, options)];
}

function duration(
  metric: Metric,
  labels: readonly string[],
  ms: number,
  { durationBucketsMs }: MeasureOptions,
  exemplar: Exemplar | false = false,
): Increment[] {
  const increments = histogramIncrements(metric, labels, ms, durationBucketsMs);
  if (!exemplar) return increments;
  const [bucket, ...sum] = increments;
  return bucket === undefined ? [] : [{ ...bucket, exemplar }, ...sum];
}

function placeOf({ repository, workflow }: Pick<JobWords, 'repository' | 'workflow'>): string[] {
  return [repository, workflow];
}

function measureBill(job: JobObservation, durationMs: number, options: MeasureOptions): Increment[] {
  const bill = billOfEnd(job, durationMs, options);
  const microDollars = bill === null || bill.sku === null ? 0 : bill.microDollars;
  const place = placeOf(job);
  const wasted = isWastedEnd(job) ? wasteOf(job, 'cancelled', { ms: durationMs, microDollars }) : [];
  if (bill === null) return wasted;
  if (bill.sku === null)
    return [countOf(DOMAIN.unpriced, [...place, runsOnLabel(job)], bill.seconds), ...wasted];
  const labels = [...place, bill.sku];
  const cost = microDollars > 0 ? [countOf(DOMAIN.cost, labels, microDollars)] : [];
  return [countOf(DOMAIN.billedSeconds, labels, bill.seconds), ...cost, ...wasted];
}

/** What a job ran and cost for nothing. */
function wasteOf(
  job: JobWords,
  reason: WasteReason,
  { ms, microDollars }: { readonly ms: number; readonly microDollars: number },
): Increment[] {
  const labels = [...placeOf(job), reason];
  return [
    ...(ms > 0 ? [countOf(DOMAIN.wastedSeconds, labels, ms)] : []),
    ...(microDollars > 0 ? [countOf(DOMAIN.wastedDollars, labels, microDollars)] : []),
  ];
}
