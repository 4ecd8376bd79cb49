import type { WorkflowSteps } from '../../domain/openapi-types.ts';
import type { Routes } from '../routing/route-table.ts';
import { pagingOf } from './cursor.ts';
import { filtersOf } from './filters.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { windowOf } from './window.ts';

/** Adds the route that answers how long the steps of a workflow took. */
export function addStepRoute(routes: Routes, { queries, clock, webUrl }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'workflowSteps', {
    ask: (values, nowMs) => {
      const { repository, workflow } = values;
      if (repository.endsWith('/*')) throw new BadQuery('repository must be one: owner/name.');
      return queries.ask('workflowSteps', {
        window: windowOf(values, nowMs),
        filters: filtersOf({ ...values, repository: [repository], workflow: [workflow] }),
        repository,
        webUrl: webUrl(),
        ...pagingOf(values),
      });
    },
    table: stepTable,
  });
}

function stepTable({ rows }: WorkflowSteps): Table {
  return {
    columns: [
      'job_name',
      'step',
      'count',
      'p50',
      'p95',
      'max',
      'total_seconds',
      'slowest_run_id',
      'slowest_url',
    ],
    rows: rows.map(({ slowest, durations: _, ...row }) => ({
      ...row,
      slowest_run_id: slowest.run_id,
      slowest_url: slowest.url,
    })),
  };
}
