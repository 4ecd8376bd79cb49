import type { FastifyInstance } from 'fastify';
import { metricNamed } from '../domain/catalogue.ts';
import type { Clock, Engine } from '../domain/contracts.ts';
import { isJobMetric, pairsOf } from '../domain/job-numbers.ts';
import type { DeadSample, SinkHealth } from '../domain/outbox.ts';
import { timeOf } from './time-of.ts';

const DEAD_SHOWN = 50;

/** How pushing is going, and what receivers refused. */
export function addPushRoute(
  app: FastifyInstance,
  { engine, clock }: { readonly engine: Pick<Engine, 'health' | 'deadSamples'>; readonly clock: Clock },
): void {
  app.get('/api/v1/push', async () => {
    const { sinks } = await engine.health();
    const dead = await engine.deadSamples(DEAD_SHOWN);
    return { sinks: sinks.map((sink) => describeSink(sink, clock())), rejected: dead.map(describeDead) };
  });
}

/** A receiver as the API shows it. */
export function describeSink(
  { sink, samples, oldestMs, lastSentAtMs, lastProblem }: SinkHealth,
  nowMs: number,
) {
  return {
    sink,
    waiting_samples: samples,
    oldest_age_seconds: oldestMs === null ? null : Math.max(0, nowMs - oldestMs) / 1000,
    last_sent_at: timeOf(lastSentAtMs),
    last_problem: lastProblem && {
      outcome: lastProblem.kind,
      reason: lastProblem.reason,
      at: timeOf(lastProblem.atMs),
    },
  };
}

function describeDead({ sink, metric, labels, value, atMs, rejectedAtMs, reason }: DeadSample) {
  const names = metricNamed(metric)?.labels ?? [];
  return {
    sink,
    rejected_at: timeOf(rejectedAtMs),
    reason,
    metric,
    labels: Object.fromEntries(
      isJobMetric(metric)
        ? pairsOf(labels)
        : labels.map((text, index) => [names[index] ?? `label_${index}`, text]),
    ),
    value,
    time: timeOf(atMs),
  };
}
