import { metricNamed } from '../domain/catalogue.ts';
import type { Clock, Engine } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import { isoTime } from '../domain/iso-time.ts';
import { isJobMetric, pairsOf } from '../domain/job-numbers.ts';
import { namedLabels } from '../domain/label-text.ts';
import type { DeadEntry, SinkHealth } from '../domain/outbox.ts';
import { spanCount, type TraceEntry } from '../domain/trace-entry.ts';
import { jsonAnswer } from './routing/answer.ts';
import type { Routes } from './routing/route-table.ts';

const DEAD_SHOWN = 50;

/** Adds the route that shows how pushing is going, and what receivers refused. */
export function addPushStatusRoute(
  routes: Routes,
  {
    engine,
    clock,
  }: { readonly engine: Pick<Engine, 'health' | 'deadSamples' | 'deadTraces'>; readonly clock: Clock },
): void {
  routes.get('/api/v1/push', async () => {
    const { sinks } = await engine.health();
    return jsonAnswer({
      sinks: sinks.map((sink) => describeSink(sink, clock())),
      rejected: (await engine.deadSamples(DEAD_SHOWN)).map(describeSample),
      rejected_traces: (await engine.deadTraces(DEAD_SHOWN)).map(describeTrace),
    });
  });
}

/** A receiver in the form of the API. */
export function describeSink(
  { sink, unit, waiting, oldestMs, lastSentAtMs, lastProblem }: SinkHealth,
  nowMs: number,
) {
  return {
    sink,
    [`waiting_${unit}`]: waiting,
    oldest_age_seconds: oldestMs === null ? null : Math.max(0, nowMs - oldestMs) / 1000,
    last_sent_at: isoTime(lastSentAtMs),
    last_problem: lastProblem && {
      outcome: lastProblem.kind,
      reason: lastProblem.reason,
      at: isoTime(lastProblem.atMs),
    },
  };
}

function describeSample({ sink, rejectedAtMs, reason, entry }: DeadEntry<EventSample>) {
  const { metric, labels, value, atMs } = entry;
  const names = metricNamed(metric)?.labels ?? [];
  return {
    sink,
    rejected_at: isoTime(rejectedAtMs),
    reason,
    metric,
    labels: Object.fromEntries(isJobMetric(metric) ? pairsOf(labels) : namedLabels(names, labels)),
    value,
    time: isoTime(atMs),
  };
}

function describeTrace({ sink, rejectedAtMs, reason, entry }: DeadEntry<TraceEntry>) {
  const { repository, workflow, runId, runAttempt } = entry.origin;
  return {
    sink,
    rejected_at: isoTime(rejectedAtMs),
    reason,
    kind: entry.kind,
    spans: spanCount(entry),
    repository,
    workflow,
    run_id: runId,
    run_attempt: runAttempt,
    job_id: entry.kind === 'run' ? null : entry.jobId,
  };
}
