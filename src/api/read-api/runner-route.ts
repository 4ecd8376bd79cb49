import { DOMAIN } from '../../domain/catalogue.ts';
import type { GaugeReading, Metric } from '../../domain/metric.ts';
import type { Runners } from '../../domain/openapi-types.ts';
import { isTimeZone } from '../../domain/week-hours.ts';
import type { RunnersQuery } from '../../queries/runners.ts';
import type { Routes } from '../routing/route-table.ts';
import { filtersOf } from './filters.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { windowOf } from './window.ts';

export interface RunnerRouteOptions extends ReadApiOptions {
  readonly githubReadings?: () => readonly GaugeReading[];
  /** Why no runners are counted; null if some are. */
  readonly runnersMissing?: () => string | null;
}

const COLUMNS = [
  'owner',
  'runner_group',
  'online',
  'busy',
  'offline',
  'jobs_running',
  'saturation',
  'last_idle_at',
];

/** Adds the route that answers how many runners there are, and how busy they were. */
export function addRunnerRoute(routes: Routes, options: RunnerRouteOptions): void {
  const { queries, clock, githubReadings, runnersMissing } = options;
  addReadRoute(routes, clock, 'runners', {
    ask: async (values, nowMs) => {
      if (!isTimeZone(values.tz))
        throw new BadQuery('tz must be the name of a time zone, such as Europe/Berlin.');
      return queries.ask('runners', {
        window: windowOf(values, nowMs),
        filters: filtersOf(values),
        timeZone: values.tz,
        ...countedIn(githubReadings?.() ?? []),
        missing: runnersMissing?.() ?? null,
      });
    },
    table: ({ groups }: Runners): Table => ({ columns: COLUMNS, rows: groups }),
  });
}

function countedIn(
  readings: readonly GaugeReading[],
): Pick<RunnersQuery, 'counted' | 'labelled' | 'lastIdle'> {
  const statesOf = (metric: Metric) =>
    ofMetric(readings, metric).map(({ labels: [owner = '', name = '', status = '', busy = ''], value }) => ({
      ...{ owner, name, status, isBusy: busy === 'true', count: value },
    }));
  return {
    counted: statesOf(DOMAIN.runners).map(({ name: group, ...rest }) => ({ group, ...rest })),
    labelled: statesOf(DOMAIN.runnersByLabel).map(({ name: label, ...rest }) => ({ label, ...rest })),
    lastIdle: ofMetric(readings, DOMAIN.runnerGroupLastIdle).map(
      ({ labels: [owner = '', group = ''], value }) => ({ owner, group, lastIdleAtMs: value * 1000 }),
    ),
  };
}

function ofMetric(readings: readonly GaugeReading[], { name }: Metric): readonly GaugeReading[] {
  return readings.filter(({ metric }) => metric === name);
}
