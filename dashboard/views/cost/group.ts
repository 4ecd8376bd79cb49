import type { Cost, CostRow } from '../../../src/domain/openapi-types.ts';
import { narrowedTo } from '../../state/grouping.ts';
import { linkTo } from '../../state/navigation.ts';

export type By = Cost['by'];

/** As people say it; GitHub's own names are like `linux_4_core`. */
export function skuName(sku: string | null | undefined): string {
  return sku === null || sku === undefined ? 'free, or without a price' : sku.replaceAll('_', ' ');
}

export function keyOf({
  sku,
  conclusion,
  repository,
  workflow,
  job_name,
  repository_label,
}: CostRow): string {
  return JSON.stringify([sku, conclusion, repository, workflow, job_name, repository_label]);
}

/** A repository leads to its workflows, a label to its repositories; everything else to its jobs. */
export function hrefOf(row: CostRow): string {
  const { workflow, repository, conclusion, repository_label: label } = row;
  if (label !== undefined)
    return linkTo({ filters: filtersOf(row), own: { by: null, group_label: null, sort: null } });
  if (workflow !== undefined || repository === undefined)
    return jobsHref(row, conclusion === undefined || conclusion === null ? [] : [conclusion]);
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

function filtersOf({ sku, repository, workflow, job_name: jobName, repository_label: label }: CostRow) {
  return {
    ...(label !== undefined && { repository_label: narrowedTo(label) }),
    ...(sku !== undefined && { sku: [sku ?? 'none'] }),
    ...(repository !== undefined && { repository: [repository] }),
    ...(workflow !== undefined && { workflow: [workflow] }),
    ...(jobName !== undefined && { job_name: [jobName] }),
  };
}
