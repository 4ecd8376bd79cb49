import { DOMAIN, SELF } from './catalogue.ts';
import type { Fact } from './lifecycle/fact.ts';
import { countOf, type Increment, observationOf } from './metric.ts';
import type { JobObservation, RunObservation } from './observation.ts';

/** What a fact adds to which series. Label values come from the fact's own observation alone. */
export function measure(fact: Fact): Increment[] {
  switch (fact.kind) {
    case 'job_started':
      return measureJobStart(fact.job, fact.queueMs);
    case 'job_completed':
      return measureJobEnd(fact.job, fact.durationMs);
    case 'run_completed':
      return measureRunEnd(fact.run, fact.durationMs);
    case 'dispatched':
      return [countOf(DOMAIN.dispatches, [fact.dispatch.repository, fact.dispatch.workflow])];
    case 'anomaly':
      return [countOf(SELF.timestampAnomalies, [fact.anomaly])];
    case 'ignored':
      return [countOf(SELF.ignoredObservations, [fact.reason])];
  }
}

function measureJobStart(job: JobObservation, queueMs: number): Increment[] {
  return observationOf(DOMAIN.jobQueue, [job.repository, job.workflow, runsOnLabel(job.runsOn)], queueMs);
}

function measureJobEnd(job: JobObservation, durationMs: number | null): Increment[] {
  const name = jobLabel(job.name);
  const conclusion = job.conclusion ?? 'unknown';
  const increments = [
    countOf(DOMAIN.jobs, [job.repository, job.workflow, name, runsOnLabel(job.runsOn), conclusion]),
  ];
  if (durationMs !== null) {
    increments.push(
      ...observationOf(DOMAIN.jobDuration, [job.repository, job.workflow, name, conclusion], durationMs),
    );
  }
  return increments;
}

function measureRunEnd(run: RunObservation, durationMs: number | null): Increment[] {
  const conclusion = run.conclusion ?? 'unknown';
  const increments = [
    countOf(DOMAIN.runs, [run.repository, run.workflow, run.event, run.branch, conclusion]),
  ];
  if (durationMs !== null) {
    const labels = [run.repository, run.workflow, run.branch, conclusion];
    increments.push(...observationOf(DOMAIN.runDuration, labels, durationMs));
  }
  return increments;
}

/** The labels that a job asked for, in their order; `none` when it asked for none. */
export function runsOnLabel(runsOn: readonly string[]): string {
  return runsOn.length === 0 ? 'none' : runsOn.join(',');
}

/**
 * A job's name without the values of its matrix: `build (20, ubuntu)` is `build`. A reusable `caller / callee` stays.
 * Brackets inside of the values are taken with them.
 */
export function jobLabel(name: string): string {
  if (!name.endsWith(')')) return name;
  let depth = 0;
  for (let at = name.length - 1; at > 0; at -= 1) {
    if (name[at] === ')') depth += 1;
    else if (name[at] === '(') depth -= 1;
    if (depth === 0) return name[at - 1] === ' ' && at > 1 ? name.slice(0, at - 1) : name;
  }
  return name;
}
