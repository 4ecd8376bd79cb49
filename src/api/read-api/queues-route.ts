import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../domain/contracts.ts';
import { NO_FILTERS } from '../../domain/queries.ts';
import type { Queries } from '../../queries/all-queries.ts';
import { isoTime } from '../time.ts';

export interface QueuesOptions {
  readonly queries: Queries;
  readonly clock: Clock;
}

const DEFAULT_WINDOW_MS = 86_400_000;

/** Adds the route that answers how long each kind of runner keeps jobs waiting. */
export function addQueuesRoute(app: FastifyInstance, { queries, clock }: QueuesOptions): void {
  app.get('/api/v1/queues', async () => {
    const toMs = clock();
    const window = { fromMs: toMs - DEFAULT_WINDOW_MS, toMs };
    const { asOfMs, summary } = await queries.ask('queues', { window, filters: NO_FILTERS });
    return {
      as_of: isoTime(asOfMs),
      window: { from: isoTime(window.fromMs), to: isoTime(window.toMs) },
      definitions: 'v1',
      summary: summary.map((each) => ({
        runs_on: each.runsOn,
        count: each.count,
        p50: each.p50Ms / 1000,
        p95: each.p95Ms / 1000,
        max: each.maxMs / 1000,
        total_seconds: each.totalMs / 1000,
      })),
    };
  });
}
