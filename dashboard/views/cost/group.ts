import type { Cost, CostRow } from '../../../src/domain/openapi-types.ts';
import { linkTo } from '../../state/navigation.ts';

export type By = Cost['by'];

/** As people say it; GitHub's own names are like `linux_4_core`. */
export function skuName(sku: string | null | undefined): string {
  return sku === null || sku === undefined ? 'free, or without a price' : sku.replaceAll('_', ' ');
}

export function keyOf({ sku, repository, workflow }: CostRow): string {
  return JSON.stringify([sku, repository, workflow]);
}

/** A repository leads to its workflows; a workflow, or a kind of runner, to its jobs. */
export function hrefOf(row: CostRow): string {
  if (row.workflow !== undefined || row.sku !== undefined) return jobsHref(row, []);
  return linkTo({ filters: filtersOf(row), own: { by: 'workflow', sort: null } });
}

/** The single jobs behind a number, those that took longest first. */
export function jobsHref(row: CostRow, conclusion: readonly string[]): string {
  return linkTo({
    path: '/jobs',
    filters: { ...filtersOf(row), conclusion },
    own: { tab: 'single', sort: '-duration_seconds' },
  });
}

function filtersOf({ sku, repository, workflow }: CostRow) {
  return {
    ...(sku !== undefined && { sku: [sku ?? 'none'] }),
    ...(repository !== undefined && { repository: [repository] }),
    ...(workflow !== undefined && { workflow: [workflow] }),
  };
}
