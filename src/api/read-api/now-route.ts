import type { Clock } from '../../domain/contracts.ts';
import type { NowPlace } from '../../domain/now-diff.ts';
import type { Now } from '../../domain/openapi-types.ts';
import { parsePlace } from '../../queries/now.ts';
import type { NowAnswers } from '../live/now-answers.ts';
import type { Routes } from '../routing/route-table.ts';
import { filtersOf } from './filters.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute, type Table } from './read-route.ts';

const COLUMNS = [
  'job_id',
  'run_id',
  'run_attempt',
  'repository',
  'workflow',
  'job_name',
  'name',
  'runs_on',
  'status',
  'since',
  'stale',
  'branch_name',
  'runner',
  'runner_group',
  'url',
];

/** Adds the route that answers what waits and runs at this moment. */
export function addNowRoute(routes: Routes, answers: NowAnswers, clock: Clock): void {
  addReadRoute(routes, clock, 'now', {
    ask: (values) => {
      const { stale: isStale, status = null, limit, cursor } = values;
      return answers.ask({ filters: filtersOf(values), isStale, status, limit, after: placeOf(cursor) });
    },
    table: ({ jobs }: Now): Table => ({ columns: COLUMNS, rows: jobs }),
  });
}

function placeOf(cursor: string | undefined): NowPlace | null {
  if (cursor === undefined) return null;
  const place = parsePlace(cursor);
  if (place === null) throw new BadQuery('cursor must be one from an earlier answer.');
  return place;
}
