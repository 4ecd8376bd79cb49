import type { FastifyInstance } from 'fastify';
import { metricNamed } from '../domain/catalogue.ts';
import type { Clock, Engine } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import { isoTime } from '../domain/iso-time.ts';
import { isJobMetric, pairsOf } from '../domain/job-numbers.ts';
import { namedLabels } from '../domain/label-text.ts';
import type { DeadEntry, SinkHealth } from '../domain/outbox.ts';

const DEAD_SHOWN = 50;

/** Adds the route that shows how pushing is going, and what receivers refused. */
export function addPushStatusRoute(
  app: FastifyInstance,
  { engine, clock }: { readonly engine: Pick<Engine, 'health' | 'deadSamples'>; readonly clock: Clock },
): void {
  app.get('/api/v1/push', async () => {
    const { sinks } = await engine.health();
    const dead = await engine.deadSamples(DEAD_SHOWN);
    return { sinks: sinks.map((sink) => describeSink(sink, clock())), rejected: dead.map(describeDead) };
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

function describeDead({ sink, rejectedAtMs, reason, entry }: DeadEntry<EventSample>) {
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
