import type { Cost } from '../../domain/openapi-types.ts';
import type { Routes } from '../routing/route-table.ts';
import { offsetOf } from './cursor.ts';
import { filtersOf, groupingOf } from './filters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { stepOf, windowOf } from './window.ts';

/** Adds the route that answers what jobs cost at list price. */
export function addCostRoute(routes: Routes, { queries, clock }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'cost', {
    ask: (values, nowMs) => {
      const window = windowOf(values, nowMs);
      const { sort, limit } = values;
      return queries.ask('cost', {
        ...groupingOf(values),
        window,
        filters: filtersOf(values),
        step: stepOf(values.step, window),
        paging: { sort, limit, offset: offsetOf(values.cursor, sort) },
      });
    },
    table: tableOf,
  });
}

const NAMES = {
  sku: ['sku'],
  conclusion: ['conclusion'],
  repository: ['repository'],
  workflow: ['repository', 'workflow'],
  job_name: ['repository', 'workflow', 'job_name'],
  repository_label: ['repository_label'],
};

function tableOf({ by, rows }: Cost): Table {
  return {
    columns: [
      ...NAMES[by],
      'jobs',
      'total_seconds',
      'billed_seconds',
      'unpriced_seconds',
      'dollars',
      'wasted_failed_dollars',
      'wasted_cancelled_dollars',
      'wasted_rerun_dollars',
    ],
    rows: rows.map(({ wasted_dollars: wasted, change: _, ...row }) => ({
      ...row,
      wasted_failed_dollars: wasted.failed,
      wasted_cancelled_dollars: wasted.cancelled,
      wasted_rerun_dollars: wasted.rerun,
    })),
  };
}
