import type { Failures, JobsSummary, Workflows, WorkflowTrend } from '../../domain/openapi-types.ts';
import { LATEST_FIRST } from '../../queries/failure-jobs.ts';
import type { Routes } from '../routing/route-table.ts';
import { offsetOf, pagingOf } from './cursor.ts';
import { filtersOf, groupingOf } from './filters.ts';
import { JOB_COLUMNS } from './list-routes.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { stepOf, windowOf } from './window.ts';

export interface WorkflowApiOptions extends ReadApiOptions {
  /** Whether GitHub is asked for the annotations of what fails. */
  readonly readsReasons: () => boolean;
}

/** Adds the routes that answer how workflows and jobs do, and what fails. */
export function addWorkflowRoutes(routes: Routes, options: WorkflowApiOptions): void {
  const { queries, clock, webUrl } = options;
  addReadRoute(routes, clock, 'workflows', {
    ask: (values, nowMs) =>
      queries.ask('workflows', {
        ...groupingOf(values),
        window: windowOf(values, nowMs),
        filters: filtersOf(values),
        ...pagingOf(values),
      }),
    table: workflowTable,
  });
  addReadRoute(routes, clock, 'workflowTrend', {
    ask: (values, nowMs) => {
      const window = windowOf(values, nowMs);
      const step = stepOf(values.step, window);
      return queries.ask('workflowTrend', { window, filters: filtersOf(values), step });
    },
    table: trendTable,
  });
  addReadRoute(routes, clock, 'jobsSummary', {
    ask: (values, nowMs) =>
      queries.ask('jobsSummary', {
        window: windowOf(values, nowMs),
        filters: filtersOf(values),
        isFlaky: values.flaky,
        webUrl: webUrl(),
        ...pagingOf(values),
      }),
    table: jobTable,
  });
  addFailureRoutes(routes, options);
}

function addFailureRoutes(
  routes: Routes,
  { queries, clock, webUrl, readsReasons }: WorkflowApiOptions,
): void {
  addReadRoute(routes, clock, 'failures', {
    ask: async (values, nowMs) => {
      const window = windowOf(values, nowMs);
      const answer = await queries.ask('failures', {
        window,
        filters: filtersOf(values),
        causes: values.cause,
        reasons: values.reason,
        exitCode: values.exit_code,
        step: stepOf(values.step, window),
        webUrl: webUrl(),
        ...pagingOf(values),
      });
      return { ...answer, reasons_read: readsReasons() };
    },
    table: failureTable,
  });
  addReadRoute(routes, clock, 'failureJobs', {
    ask: (values, nowMs) => {
      const { cause, failed_step: step, no_step: isWithout, limit, cursor } = values;
      if (isWithout && step !== undefined) throw new BadQuery('failed_step and no_step exclude each other.');
      const { reason, no_reason: isUnread, exit_code: exitCode } = values;
      if (isUnread && (reason.length > 0 || exitCode !== undefined))
        throw new BadQuery('no_reason excludes reason and exit_code.');
      return queries.ask('failureJobs', {
        window: windowOf(values, nowMs),
        filters: filtersOf(values),
        causes: cause,
        reasons: isUnread ? null : reason,
        exitCode,
        step: isWithout ? null : step,
        webUrl: webUrl(),
        ...{ limit, offset: offsetOf(cursor, LATEST_FIRST) },
      });
    },
    table: ({ jobs }) => ({ columns: JOB_COLUMNS, rows: jobs }),
  });
}

function workflowTable({ by, rows }: Workflows): Table {
  return {
    columns: [
      ...(by === 'workflow' ? ['repository', 'workflow'] : [by]),
      'runs',
      'pass_rate',
      'p50',
      'p95',
      'p50_change',
      'queue_p95',
      'total_seconds',
      'cost_dollars',
      'reruns',
      'consecutive_failures',
      'last_conclusion',
      'last_at',
      'last_run_id',
    ],
    rows: rows.map(({ change, last, strip: _, durations: __, ...row }) => ({
      ...row,
      p50_change: change?.absolute,
      last_conclusion: last?.conclusion,
      last_at: last?.at,
      last_run_id: last?.run_id,
    })),
  };
}

function trendTable({ points }: WorkflowTrend): Table {
  return {
    columns: ['from', 'runs', 'pass_rate', 'p50', 'p95'],
    rows: points.map(([from, runs, rate, p50, p95]) => ({ from, runs, pass_rate: rate, p50, p95 })),
  };
}

function jobTable({ rows }: JobsSummary): Table {
  const causes = ['step', 'timeout', 'runner_lost', 'startup', 'rejected', 'unknown'] as const;
  return {
    columns: [
      'repository',
      'workflow',
      'job_name',
      'runs',
      'pass_rate',
      'p50',
      'p95',
      'p50_change',
      'queue_p95',
      'total_seconds',
      'flaky',
      'flaky_rate',
      'wasted_seconds',
      ...causes.map((cause) => `failures_${cause}`),
    ],
    rows: rows.map(({ change, failures, flaky_jobs: _, durations: __, ...row }) => ({
      ...row,
      p50_change: change?.absolute,
      ...Object.fromEntries(causes.map((cause) => [`failures_${cause}`, failures[cause]])),
    })),
  };
}

function failureTable({ rows }: Failures): Table {
  return {
    columns: [
      'repository',
      'workflow',
      'job_name',
      'step',
      'cause',
      'reason',
      'exit_code',
      'count',
      'first_at',
      'last_at',
      'new',
      'last_url',
    ],
    rows: rows.map(({ runs, ...row }) => ({ ...row, last_url: runs[0]?.url })),
  };
}
