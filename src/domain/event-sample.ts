import { EVENTS } from './catalogue.ts';
import { jobLabel, labelValues, runsOnLabel } from './label-value.ts';
import type { Fact, StartedJob } from './lifecycle/fact.ts';
import type { Metric } from './metric.ts';
import type { JobObservation, RunObservation } from './observation.ts';
import { withoutIds } from './own-ids.ts';

/*
 * Event-time samples: what happened, with the time when it happened at GitHub, for receivers that keep every
 * event and not only sums. GitHub's times are whole seconds, and two jobs of one series may end in the same
 * second, so the id of the run or job provides the milliseconds. The same event always makes the same sample,
 * so sending it again changes nothing.
 */

export interface EventSample {
  readonly metric: string;
  /** In the order of the metric's labels. */
  readonly labels: readonly string[];
  /** In seconds. */
  readonly value: number;
  readonly atMs: number;
}

/** The samples of a fact. */
export type Sampling = (fact: Fact) => EventSample[];

export function createSampling({ stepDurations }: { readonly stepDurations: boolean }): Sampling {
  return (fact) => {
    switch (fact.kind) {
      case 'job_started':
        return [queueSample(fact.job, fact.queueMs)];
      case 'job_completed':
        return jobSamples(fact.job, fact.durationMs, stepDurations);
      case 'run_completed':
        return runSamples(fact.run, fact.durationMs);
      default:
        return [];
    }
  };
}

function queueSample(job: StartedJob, queueMs: number): EventSample {
  const labels = [job.repository, job.workflow, jobLabel(job), runsOnLabel(job)];
  return sampleOf(EVENTS.jobQueue, labels, queueMs, momentOf(job.startedAtMs, job.jobId));
}

function jobSamples(job: JobObservation, durationMs: number | null, stepDurations: boolean): EventSample[] {
  const { repository, workflow, jobId, completedAtMs } = job;
  if (durationMs === null || completedAtMs === null) return [];
  const conclusion = job.conclusion ?? 'unknown';
  const labels = [repository, workflow, jobLabel(job), runsOnLabel(job), conclusion];
  const own = sampleOf(EVENTS.jobDuration, labels, durationMs, momentOf(completedAtMs, jobId));
  return stepDurations ? [own, ...stepSamples(job)] : [own];
}

function stepSamples(job: JobObservation): EventSample[] {
  const { repository, workflow, jobId } = job;
  return job.steps.flatMap((step) => {
    const { startedAtMs, completedAtMs, conclusion } = step;
    if (startedAtMs === null || completedAtMs === null || conclusion === 'skipped') return [];
    const labels = [repository, workflow, jobLabel(job), withoutIds(step.name, job), conclusion ?? 'unknown'];
    const ms = Math.max(0, completedAtMs - startedAtMs);
    // Steps of one name may end in the same second. Their numbers distinguish them.
    return [sampleOf(EVENTS.stepDuration, labels, ms, momentOf(completedAtMs, jobId + step.number))];
  });
}

function runSamples(run: RunObservation, durationMs: number | null): EventSample[] {
  const { repository, workflow, event, branch, runId, updatedAtMs } = run;
  if (durationMs === null || updatedAtMs === null) return [];
  const labels = [repository, workflow, event, branch, run.conclusion ?? 'unknown'];
  return [sampleOf(EVENTS.runDuration, labels, durationMs, momentOf(updatedAtMs, runId))];
}

function sampleOf({ name }: Metric, labels: readonly string[], ms: number, atMs: number): EventSample {
  return { metric: name, labels: labelValues(labels), value: ms / 1000, atMs };
}

function momentOf(wholeSecondsMs: number, id: number): number {
  return wholeSecondsMs + (id % 1000);
}
