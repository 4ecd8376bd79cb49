import { failedStepOf } from '../domain/failed-step.ts';
import { type FailureCause, failureCauseOf } from '../domain/failure-cause.ts';
import { jobLabel } from '../domain/label-value.ts';
import { durationBetween } from '../domain/lifecycle/duration.ts';
import { isFailed } from '../domain/lifecycle/execution.ts';
import { hasStarted } from '../domain/lifecycle/started.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { JobObservation, Step } from '../domain/observation.ts';
import { billOfEnd, type PriceOptions } from '../domain/price/bill.ts';
import { stepSpan } from '../domain/step-span.ts';
import type { JobEntry, TracedStep, TraceOrigin } from '../domain/trace-entry.ts';
import type { TraceOptions } from '../otlp/otlp-options.ts';
import { timesBetween, timesOf } from './times.ts';
import type { Waits } from './waits.ts';

export interface JobEntryOptions extends PriceOptions, Pick<TraceOptions, 'steps' | 'maxSteps'> {}

/** The entry of a job, of what was reported of its end and what is certain of its waits. */
export function jobEntry(
  end: JobObservation,
  state: JobState,
  { approval, queue }: Waits,
  options: JobEntryOptions,
): JobEntry {
  const isStarted = hasStarted(end);
  const isGated = isGatePossible(state);
  const starts = [end.createdAtMs, isStarted ? end.startedAtMs : null];
  return {
    kind: 'job',
    origin: originOf(end, end.forTrace?.serviceName ?? null),
    jobId: end.jobId,
    name: end.name,
    group: jobLabel(end),
    conclusion: end.conclusion,
    ...timesOf(starts, end.completedAtMs, end.observedAtMs),
    ...{ approval, queue },
    queueMs: queue === null || isGated ? null : queue.endMs - queue.startMs,
    runsOn: end.runsOn,
    runnerId: end.runnerId,
    runnerName: end.runnerName,
    runnerGroupId: end.forTrace?.runnerGroupId ?? null,
    runnerGroup: end.runnerGroup,
    failureCause: certainCause(end, isStarted, isGated),
    failedStep: failedStepOf(end),
    ...billed(end, isStarted, options),
    steps: tracedSteps(end, options),
  };
}

export function originOf(job: JobWords, serviceName: string | null): TraceOrigin {
  const { repository, workflow, runId, runAttempt, headBranch, headSha } = job;
  return { repository, workflow, runId, runAttempt, headBranch, headSha, serviceName };
}

type JobWords = Pick<JobState, Exclude<keyof TraceOrigin, 'serviceName'>>;

/** A gate may have held it, as far as its events show. */
export function isGatePossible({ hasEnvironment, waitedAtMs }: JobState): boolean {
  return hasEnvironment || waitedAtMs !== null;
}

/** Why a job without a runner failed is not certain while events of a gate may come (lifecycle/gate.ts). */
function certainCause(end: JobObservation, isStarted: boolean, isGated: boolean): FailureCause | null {
  const isOpen = end.conclusion === 'failure' && !isStarted && (isGated || end.source === 'api');
  return isOpen ? null : failureCauseOf(end);
}

function billed(
  end: JobObservation,
  isStarted: boolean,
  options: PriceOptions,
): Pick<JobEntry, 'sku' | 'billedSeconds'> {
  const { durationMs } = durationBetween(end.startedAtMs, end.completedAtMs, 'job_duration');
  const bill = billOfEnd(end, isStarted ? durationMs : null, options);
  return bill === null || bill.sku === null
    ? { sku: null, billedSeconds: null }
    : { sku: bill.sku, billedSeconds: bill.seconds };
}

function tracedSteps(end: JobObservation, { steps: which, maxSteps }: JobEntryOptions): TracedStep[] {
  if (which === 'none') return [];
  const inOrder = distinct(end.steps).sort((a, b) => a.number - b.number);
  const named = new Set<string>();
  const traced = inOrder.filter(hasRun).flatMap((step) => tracedStep(step, end, named));
  const skipped =
    which === 'all'
      ? inOrder.filter((step) => !hasRun(step)).flatMap((step) => tracedStep(step, end, named))
      : [];
  return [...traced, ...skipped]
    .filter(({ conclusion }) => which !== 'failed' || isFailed(conclusion))
    .sort((a, b) => a.number - b.number)
    .slice(0, maxSteps);
}

/** Of steps of one name and number, which GitHub makes none of, the first: they could not have ids of their own. */
function distinct(steps: readonly Step[]): Step[] {
  const groups = Map.groupBy(steps, ({ number, name }) => `${number} ${name}`);
  return [...groups.values()].flatMap(([first]) => first ?? []);
}

function hasRun(step: Step): boolean {
  return stepSpan(step, 0) !== null;
}

/** Without a time there is no span. A step that never ended did so with its job. */
function tracedStep(
  { number, name, conclusion, startedAtMs, completedAtMs }: Step,
  end: JobObservation,
  named: Set<string>,
): TracedStep[] {
  const startMs = startedAtMs ?? completedAtMs;
  if (startMs === null) return [];
  const endMs = completedAtMs ?? Math.max(startMs, end.completedAtMs ?? startMs);
  const isRepeat = named.has(name);
  named.add(name);
  return [{ number, name, conclusion, isRepeat, ...timesBetween(startMs, endMs) }];
}
