import type { FastifyInstance } from 'fastify';
import type { Load, Queues } from '../../domain/openapi-types.ts';
import { offsetOf } from './cursor.ts';
import { filtersOf } from './filters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { stepOf, windowOf } from './window.ts';

/** Adds the routes that answer how long jobs wait for runners. */
export function addQueueRoutes(app: FastifyInstance, { queries, clock }: ReadApiOptions): void {
  addReadRoute(app, clock, 'queues', {
    ask: (values, nowMs) => {
      const { by, sort, limit, cursor } = values;
      const window = windowOf(values, nowMs);
      const step = stepOf(values.step, window);
      const paging = { sort, limit, offset: offsetOf(cursor, sort) };
      return queries.ask('queues', { by, window, step, filters: filtersOf(values), ...paging });
    },
    table: tableOfQueues,
  });
  addReadRoute(app, clock, 'load', {
    ask: (values, nowMs) => {
      const { by, limit } = values;
      const window = windowOf(values, nowMs);
      const step = stepOf(values.step, window);
      return queries.ask('load', { by, window, step, limit, filters: filtersOf(values) });
    },
    table: tableOfLoad,
  });
}

function tableOfQueues({ by, summary }: Queues): Table {
  const names = by === 'workflow' ? ['repository', 'workflow'] : [by];
  const numbers = ['count', 'p50', 'p95', 'p99', 'max', 'total_seconds', 'p95_change', 'p95_change_ratio'];
  return {
    columns: [...names, ...numbers],
    rows: summary.map(({ change, ...row }) => ({
      ...row,
      p95_change: change?.absolute,
      p95_change_ratio: change?.ratio,
    })),
  };
}

function tableOfLoad({ by, series }: Load): Table {
  const numbers = ['queued_average', 'queued_max', 'running_average', 'running_max'] as const;
  return {
    columns: ['at', by, ...numbers],
    rows: series.flatMap(({ points, ...name }) =>
      points.map(([at, ...values]) => ({
        at,
        ...name,
        ...Object.fromEntries(numbers.map((number, index) => [number, values[index]])),
      })),
    ),
  };
}
