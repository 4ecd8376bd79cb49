import type { Routes } from '../routing/route-table.ts';
import { filtersOf } from './filters.ts';
import { addReadRoute, type ReadApiOptions } from './read-route.ts';
import { windowOf } from './window.ts';

/** Adds the route that answers which values there are to filter by. */
export function addFacetRoute(routes: Routes, { queries, clock }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'facets', {
    ask: async (values, nowMs) => {
      const { repository, repositoryLabel = [] } = filtersOf(values);
      const asked = { window: windowOf(values, nowMs), text: values.q, repository, repositoryLabel };
      return queries.ask('facets', asked);
    },
  });
}
