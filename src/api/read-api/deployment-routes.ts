import { NEWEST_FIRST } from '../../queries/deployments.ts';
import type { Routes } from '../routing/route-table.ts';
import { offsetOf, pagingOf } from './cursor.ts';
import { filtersOf } from './filters.ts';
import { addReadRoute, type ReadApiOptions } from './read-route.ts';
import { windowOf } from './window.ts';

/** Adds the routes that answer what was deployed, and how it went. */
export function addDeploymentRoutes(routes: Routes, { queries, clock, webUrl }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'deployments', {
    ask: (values, nowMs) =>
      queries.ask('deployments', {
        window: windowOf(values, nowMs),
        filters: deploymentFilters(values),
        webUrl: webUrl(),
        ...{ limit: values.limit, offset: offsetOf(values.cursor, NEWEST_FIRST) },
      }),
    table: ({ deployments }) => ({ columns: COLUMNS, rows: deployments }),
  });
  addReadRoute(routes, clock, 'deploymentsSummary', {
    ask: (values, nowMs) =>
      queries.ask('deploymentsSummary', {
        window: windowOf(values, nowMs),
        filters: deploymentFilters(values),
        ...pagingOf(values),
      }),
    table: ({ rows }) => ({ columns: SUMMARY_COLUMNS, rows }),
  });
}

function deploymentFilters(values: {
  readonly repository: readonly string[];
  readonly repository_label: readonly string[];
  readonly environment: readonly string[];
  readonly state?: readonly string[];
}) {
  const { repository, repositoryLabel = [] } = filtersOf(values);
  return { repository, repositoryLabel, environment: values.environment, state: values.state ?? [] };
}

const COLUMNS = [
  'deployment_id',
  'repository',
  'environment',
  'environment_name',
  'state',
  'ref',
  'sha',
  'run_id',
  'run_attempt',
  'job_id',
  'created_at',
  'finished_at',
  'duration_seconds',
  'run_url',
];

const SUMMARY_COLUMNS = [
  'repository',
  'environment',
  'deployments',
  'succeeded',
  'failed',
  'failed_share',
  'p50',
  'p95',
  'from_run_p50',
  'from_run_p95',
  'last_success_at',
];
