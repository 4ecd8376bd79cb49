import { isCarriedOver } from '../domain/lifecycle/carried-over.ts';
import { observationOf } from '../domain/lifecycle/check-run.ts';
import { isFailed } from '../domain/lifecycle/execution.ts';
import { HOLD_MS } from '../domain/lifecycle/gate.ts';
import type { JobState, OpenSpans } from '../domain/lifecycle/state.ts';
import { isHeld } from '../domain/lifecycle/status.ts';
import type { JobObservation, RunObservation } from '../domain/observation.ts';
import type { WaitEntry } from '../domain/trace-entry.ts';
import type { JobChange, TracedJobChange, Tracing } from '../domain/tracing.ts';
import type { TraceOptions } from '../otlp/otlp-options.ts';
import { isGatePossible, type JobEntryOptions, jobEntry, originOf } from './job-entry.ts';
import { runEntry } from './run-entry.ts';
import { type Waits, waitsOf } from './waits.ts';

/*
 * When entries are made. A job has one when its end is known, and its attempt one when its end is counted. What the job
 * waited may become certain only later (lifecycle/gate.ts): that makes an entry of its own. A report of a job that a
 * re-run carried over has none: it did not run. Unlike a number, a span belongs to one report of an execution, the one
 * of the attempt that ran it, whichever was counted.
 */

export interface TracingOptions extends JobEntryOptions, Pick<TraceOptions, 'runs'> {}

export function createTracing(options: TracingOptions): Tracing {
  return {
    job: (change) => (isEnding(change) ? endOf(change, options) : laterWaits(change)),
    run: (end) => (isHeld(end) || !isTraced(end, options.runs) ? [] : [runEntry(end)]),
  };
}

/** Each payload says it by itself. */
function isTraced(
  { conclusion, forTrace }: JobObservation | RunObservation,
  runs: TraceOptions['runs'],
): boolean {
  if (runs === 'failed') return isFailed(conclusion);
  return runs === 'all' || (forTrace?.isDefaultBranch ?? false);
}

function isEnding({ before, after }: JobChange): boolean {
  return after.status === 'completed' && before?.status !== 'completed';
}

function endOf(change: JobChange, options: TracingOptions): TracedJobChange {
  const { after, observation, nowMs } = change;
  // What proved that it is a job may have come after its end.
  const end = observation?.status === 'completed' ? observation : { ...observation, ...observationOf(after) };
  if (!isTraced(end, options.runs) || wasCarriedOver(change)) return { entries: [], state: after };
  const waits = waitsOf(after, nowMs);
  const entry = jobEntry(end, after, waits, options);
  const openSpans = openAfter(end, after, waits);
  if (openSpans === null) return { entries: [entry], state: after };
  const heldUntilMs = openSpans.queue ? (after.heldUntilMs ?? nowMs + HOLD_MS) : after.heldUntilMs;
  return { entries: [entry], state: { ...after, openSpans, heldUntilMs } };
}

/** Where nothing is known of its attempt and of the job that ran, it is taken for that one. */
function wasCarriedOver({ after, namesakes, run }: JobChange): boolean {
  const earlier = namesakes.filter(({ runAttempt }) => runAttempt < after.runAttempt);
  return isCarriedOver(after, earlier, run ?? { runAttempt: after.runAttempt, runStartedAtMs: null });
}

/** What may follow: events of a gate that are late, which a list does not show. */
function openAfter(end: JobObservation, state: JobState, { approval, queue }: Waits): OpenSpans | null {
  const isVague = end.source === 'api' && state.queuedAtMs === null;
  if (approval !== null || !(isVague || isGatePossible(state))) return null;
  const serviceName = end.forTrace?.serviceName ?? null;
  return { approval: true, queue: queue === null && state.hasStarted, serviceName };
}

function laterWaits({ before, after, observation, nowMs }: JobChange): TracedJobChange {
  const { openSpans } = after;
  if (openSpans === null) return { entries: [], state: after };
  const isReleased = observation === null;
  const waits = waitsOf(isReleased ? { ...after, heldUntilMs: before?.heldUntilMs ?? null } : after, nowMs);
  const approval = openSpans.approval ? waits.approval : null;
  const queue = openSpans.queue ? waits.queue : null;
  if (approval === null && queue === null) return { entries: [], state: after };
  const entry: WaitEntry = {
    kind: 'wait',
    origin: originOf(after, openSpans.serviceName),
    jobId: after.jobId,
    name: after.name,
    approval,
    queue,
  };
  const left = {
    ...openSpans,
    approval: openSpans.approval && approval === null,
    queue: openSpans.queue && queue === null,
  };
  return { entries: [entry], state: { ...after, openSpans: left.approval || left.queue ? left : null } };
}
