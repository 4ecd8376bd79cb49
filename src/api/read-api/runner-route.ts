import type { FastifyInstance } from 'fastify';
import { DOMAIN } from '../../domain/catalogue.ts';
import type { GaugeReading } from '../../domain/metric.ts';
import type { Runners } from '../../domain/openapi-types.ts';
import { isTimeZone } from '../../domain/week-hours.ts';
import type { CountedRunners } from '../../queries/runners.ts';
import { filtersOf } from './filters.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';
import { windowOf } from './window.ts';

export interface RunnerRouteOptions extends ReadApiOptions {
  readonly githubReadings?: () => readonly GaugeReading[];
  /** Why no runners are counted; null if some are. */
  readonly runnersMissing?: () => string | null;
}

const COLUMNS = ['owner', 'runner_group', 'online', 'busy', 'offline', 'jobs_running', 'saturation'];

/** Adds the route that answers how many runners there are, and how busy they were. */
export function addRunnerRoute(app: FastifyInstance, options: RunnerRouteOptions): void {
  const { queries, clock, githubReadings, runnersMissing } = options;
  addReadRoute(app, clock, 'runners', {
    ask: async (values, nowMs) => {
      if (!isTimeZone(values.tz))
        throw new BadQuery('tz must be the name of a time zone, such as Europe/Berlin.');
      return queries.ask('runners', {
        window: windowOf(values, nowMs),
        filters: filtersOf(values),
        timeZone: values.tz,
        counted: countedIn(githubReadings?.() ?? []),
        missing: runnersMissing?.() ?? null,
      });
    },
    table: ({ groups }: Runners): Table => ({ columns: COLUMNS, rows: groups }),
  });
}

function countedIn(readings: readonly GaugeReading[]): CountedRunners[] {
  return readings
    .filter(({ metric }) => metric === DOMAIN.runners.name)
    .map(({ labels: [owner = '', group = '', status = '', busy = ''], value }) => ({
      ...{ owner, group, status, isBusy: busy === 'true', count: value },
    }));
}
