import type { Run, RunJob } from '../../../src/domain/openapi-types.ts';
import { type Span, stepSpan } from '../../../src/domain/step-span.ts';

/*
 * What the waterfall draws of each job and step: spans of time, in milliseconds since 1970. GitHub's times are
 * whole seconds of several clocks, so an end may seem to be before its beginning. Pure: no browser.
 */

export type Step = NonNullable<RunJob['steps']>[number];

export interface Segment extends Span {
  /** What the time was spent on: an approval, the queue, a runner. */
  readonly phase: 'approval' | 'queue' | 'run';
  /** The conclusion or status that colours it. */
  readonly value: string;
}

/** The spans of a job, one after the other. Those without a known beginning or end are left out. */
export function segmentsOf(job: RunJob, nowMs: number): Segment[] {
  if (job.carried_over || job.conclusion === 'skipped') return [];
  const [created, released, started] = [job.created_at, job.released_at, job.started_at].map(msOf);
  const ended = msOf(job.completed_at) ?? (job.status === 'completed' ? null : nowMs);
  const value = job.conclusion ?? job.status;
  const segments: Segment[] = [];
  const add = (phase: Segment['phase'], from: number | null | undefined, to: number | null | undefined) => {
    if (from === null || from === undefined || to === null || to === undefined) return;
    if (phase === 'run' || to > from) segments.push({ phase, value, fromMs: from, toMs: Math.max(from, to) });
  };
  const isHeld = released !== null || job.status === 'waiting' || job.cause === 'rejected';
  if (isHeld) add('approval', created, released ?? ended);
  if (!isHeld || released !== null) add('queue', released ?? created, started ?? ended);
  if (started !== null) add('run', started, ended);
  return segments;
}

/** The span of a step; null if it took no time. */
export function spanOf({ conclusion, started_at, completed_at }: Step, jobEndMs: number): Span | null {
  return stepSpan({ conclusion, startedAtMs: msOf(started_at), completedAtMs: msOf(completed_at) }, jobEndMs);
}

/** From the beginning of the attempt, or of what is known of it, to its end or to now; never empty. */
export function rangeOf({ run, jobs, now }: Run): Span {
  const nowMs = Date.parse(now);
  const segments = jobs.flatMap((job) => segmentsOf(job, nowMs));
  const isOver = run.status === 'completed';
  const starts = [msOf(run.started_at), ...segments.map(({ fromMs }) => fromMs)];
  const ends = [msOf(run.completed_at), isOver ? null : nowMs, ...segments.map(({ toMs }) => toMs)];
  const fromMs = Math.min(...starts.filter((ms) => ms !== null));
  const toMs = Math.max(...ends.filter((ms) => ms !== null));
  if (!Number.isFinite(fromMs)) return { fromMs: nowMs - 1000, toMs: nowMs };
  return { fromMs, toMs: Math.max(toMs, fromMs + 1000) };
}

export interface SlowestStep {
  readonly job: RunJob;
  readonly step: Step;
  readonly seconds: number;
}

/** The step that took longest in this attempt; null: no step is known. */
export function slowestStep(jobs: readonly RunJob[]): SlowestStep | null {
  const all = jobs
    .filter((job) => !job.carried_over)
    .flatMap((job) => (job.steps ?? []).map((step) => ({ job, step, seconds: secondsOf(job, step) ?? 0 })));
  return all.reduce<SlowestStep | null>(
    (slowest, each) => (slowest === null || each.seconds > slowest.seconds ? each : slowest),
    null,
  );
}

/** How long a step took; one that has no end lasted until its job ended. Null: it never ran. */
export function secondsOf(job: RunJob, step: Step): number | null {
  const span = spanOf(step, msOf(job.completed_at) ?? Number.NEGATIVE_INFINITY);
  return span === null ? null : (span.toMs - span.fromMs) / 1000;
}

/** The conclusion of a step, or why it has none: a runner that went away leaves steps that never ended. */
export function conclusionOf(job: RunJob, step: Step): string {
  return step.conclusion ?? (job.status === 'completed' ? 'not ended' : 'in_progress');
}

export function msOf(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}
