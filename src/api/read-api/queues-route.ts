import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../domain/contracts.ts';
import { isoTime } from '../../domain/iso-time.ts';
import type { Queries } from '../../queries/all-queries.ts';
import { filtersOf } from './filters.ts';
import { type Given, readValues } from './parameters.ts';
import { windowOf } from './window.ts';

export interface QueuesOptions {
  readonly queries: Queries;
  readonly clock: Clock;
}

/** Adds the route that answers how long each kind of runner keeps jobs waiting. */
export function addQueuesRoute(app: FastifyInstance, { queries, clock }: QueuesOptions): void {
  app.get('/api/v1/queues', async (request) => {
    const values = readValues('queues', request.query as Given);
    const window = windowOf(values, clock());
    const { asOfMs, summary } = await queries.ask('queues', { window, filters: filtersOf(values) });
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
