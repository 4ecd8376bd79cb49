import type { Load, Queues } from '../../domain/openapi-types.ts';
import { STEP_MS } from '../../domain/steps.ts';
import { LONGEST_WAIT_FIRST } from '../../queries/queue-jobs.ts';
import type { Routes } from '../routing/route-table.ts';
import { offsetOf } from './cursor.ts';
import { filtersOf, groupingOf } from './filters.ts';
import { JOB_COLUMNS } from './list-routes.ts';
import { BadQuery, type Values } from './parameters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { stepOf, type TimeWindow, timeOf, windowOf } from './window.ts';

/** Adds the routes that answer how long jobs wait for runners. */
export function addQueueRoutes(routes: Routes, { queries, clock, webUrl }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'queues', {
    ask: (values, nowMs) => {
      const { sort, limit, cursor } = values;
      const window = windowOf(values, nowMs);
      const step = stepOf(values.step, window);
      const paging = { sort, limit, offset: offsetOf(cursor, sort) };
      const grouping = groupingOf(values);
      return queries.ask('queues', { ...grouping, window, step, filters: filtersOf(values), ...paging });
    },
    table: tableOfQueues,
  });
  addReadRoute(routes, clock, 'queueJobs', {
    ask: (values, nowMs) => {
      const { limit, cursor } = values;
      const paging = { limit, offset: offsetOf(cursor, LONGEST_WAIT_FIRST) };
      const window = partOf(values, windowOf(values, nowMs), nowMs);
      return queries.ask('queueJobs', { window, filters: filtersOf(values), ...paging, webUrl: webUrl() });
    },
    table: ({ jobs }) => ({ columns: JOB_COLUMNS, rows: jobs }),
  });
  addReadRoute(routes, clock, 'load', {
    ask: (values, nowMs) => {
      const { by, limit } = values;
      const window = windowOf(values, nowMs);
      const step = stepOf(values.step, window);
      return queries.ask('load', { by, window, step, limit, filters: filtersOf(values) });
    },
    table: tableOfLoad,
  });
  addReadRoute(routes, clock, 'capacity', {
    ask: (values, nowMs) => {
      const { runs_on: runsOn, target_p95: targetP95 } = values;
      const targetP95Ms = targetP95 * 1000;
      return queries.ask('capacity', { window: windowOf(values, nowMs), runsOn, targetP95Ms });
    },
    table: ({ points }) => ({ columns: CAPACITY_COLUMNS, rows: points }),
  });
}

const CAPACITY_COLUMNS = ['runners', 'p50', 'p95', 'max', 'utilisation', 'cost_dollars'];

/** The part of a window that is in the step which begins at `t`; all of it without one. */
function partOf({ t, step }: Values<'queueJobs'>, window: TimeWindow, nowMs: number): TimeWindow {
  if (t === undefined) return window;
  const stepMs = STEP_MS[stepOf(step, window)];
  const startMs = timeOf('t', t, nowMs);
  const part = {
    fromMs: Math.max(window.fromMs, startMs),
    toMs: Math.min(window.toMs, startMs + stepMs),
  };
  if (part.fromMs >= part.toMs) throw new BadQuery('t must be the start of a step in the window.');
  return part;
}

function tableOfQueues({ by, summary }: Queues): Table {
  const names = by === 'workflow' ? ['repository', 'workflow'] : [by];
  const numbers = ['count', 'p50', 'p95', 'p99', 'max', 'total_seconds', 'p95_change', 'p95_change_ratio'];
  return {
    columns: [...names, ...numbers],
    rows: summary.map(({ change, values: _, ...row }) => ({
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
