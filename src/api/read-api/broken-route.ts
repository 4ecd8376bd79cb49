import type { BrokenWorkflows } from '../../domain/openapi-types.ts';
import type { Routes } from '../routing/route-table.ts';
import { pagingOf } from './cursor.ts';
import { filtersOf } from './filters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';

/** Adds the route that answers which workflows fail on default branches now. */
export function addBrokenRoute(routes: Routes, { queries, clock }: Omit<ReadApiOptions, 'webUrl'>): void {
  addReadRoute(routes, clock, 'brokenWorkflows', {
    ask: (values) => queries.ask('brokenWorkflows', { filters: filtersOf(values), ...pagingOf(values) }),
    table: tableOf,
  });
}

function tableOf({ rows }: BrokenWorkflows): Table {
  return {
    columns: [
      'repository',
      'workflow',
      'consecutive_failures',
      'failing_since',
      'last_success_at',
      'last_run_at',
      'first_run_id',
      'first_sha',
      'last_run_id',
      'last_job',
      'last_step',
    ],
    rows: rows.map(({ first_failure: first, last_failure: last, ...row }) => ({
      ...row,
      first_run_id: first?.run_id,
      first_sha: first?.head_sha,
      last_run_id: last?.run_id,
      last_job: last?.job?.name,
      last_step: last?.job?.step,
    })),
  };
}
