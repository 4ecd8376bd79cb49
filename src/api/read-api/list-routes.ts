import type { Routes } from '../routing/route-table.ts';
import { listQueryOf } from './list-query.ts';
import { addReadRoute, type ReadApiOptions } from './read-route.ts';

/** Adds the routes that lead from a number, or an alert, to the jobs or runs behind it. */
export function addListRoutes(routes: Routes, { queries, clock, webUrl }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'jobs', {
    ask: (values, nowMs) =>
      queries.ask('jobs', { query: listQueryOf('jobs', values, nowMs), webUrl: webUrl() }),
    table: ({ jobs }) => ({ columns: JOB_COLUMNS, rows: jobs }),
  });
  addReadRoute(routes, clock, 'runs', {
    ask: (values, nowMs) =>
      queries.ask('runs', { query: listQueryOf('runs', values, nowMs), webUrl: webUrl() }),
    table: ({ runs }) => ({ columns: RUN_COLUMNS, rows: runs }),
  });
}

export const JOB_COLUMNS = [
  'job_id',
  'run_id',
  'run_attempt',
  'repository',
  'workflow',
  'job_name',
  'name',
  'runs_on',
  'status',
  'conclusion',
  'stale',
  'created_at',
  'started_at',
  'completed_at',
  'waiting_seconds',
  'queue_seconds',
  'duration_seconds',
  'runner',
  'runner_group',
  'url',
];

const RUN_COLUMNS = [
  'run_id',
  'run_attempt',
  'run_number',
  'repository',
  'workflow',
  'event',
  'branch',
  'branch_name',
  'head_sha',
  'status',
  'conclusion',
  'stale',
  'created_at',
  'started_at',
  'completed_at',
  'waiting_seconds',
  'queue_seconds',
  'duration_seconds',
  'rerun_kind',
  'url',
];
