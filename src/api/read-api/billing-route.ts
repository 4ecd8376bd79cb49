import type { Bills } from '../../domain/billing.ts';
import type { Billing } from '../../domain/openapi-types.ts';
import type { Routes } from '../routing/route-table.ts';
import { addReadRoute, type ReadApiOptions, type Table } from './read-route.ts';

export interface BillingRouteOptions extends ReadApiOptions {
  /** What GitHub billed. Default: nothing is asked for. */
  readonly bills?: () => Promise<Bills>;
}

const NOTHING: Bills = { owners: [], reports: [], missing: [] };

/** Adds the route that answers what GitHub billed, and what we had estimated. */
export function addBillingRoute(routes: Routes, { queries, clock, bills }: BillingRouteOptions): void {
  addReadRoute(routes, clock, 'billing', {
    ask: async () => queries.ask('billing', (await bills?.()) ?? NOTHING),
    table: tableOf,
  });
}

function tableOf({ owners }: Billing): Table {
  const columns = ['product', 'sku', 'unit', 'quantity', 'gross_dollars', 'discount_dollars', 'net_dollars'];
  return {
    columns: ['owner', 'month', ...columns],
    rows: owners.flatMap(({ owner, months }) =>
      months.flatMap(({ month, rows }) => rows.map((row) => ({ owner, month, ...row }))),
    ),
  };
}
