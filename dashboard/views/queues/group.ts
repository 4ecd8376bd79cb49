import type { QueueGroup, Queues } from '../../../src/domain/openapi-types.ts';
import type { Filters } from '../../state/address.ts';
import { narrowedTo } from '../../state/grouping.ts';

/* What the rows of the view are about. */

export type By = Queues['by'];

export const BY_WORDS: Readonly<Record<By, string>> = {
  runs_on: 'Label',
  runner_group: 'Runner group',
  repository: 'Repository',
  workflow: 'Workflow',
  repository_label: 'Repository label',
};

type Names = Pick<QueueGroup, By>;

/** What the group is called. */
export function nameOf(by: By, group: Names): string {
  const name = group[by] ?? '';
  return by === 'workflow' ? `${group.repository} · ${name}` : name;
}

/** The filters that only its jobs fit. */
export function filtersOfGroup(by: By, group: Names): Filters {
  const name = group[by] ?? '';
  if (by === 'workflow') return { repository: [group.repository ?? ''], workflow: [name] };
  return { [by]: by === 'repository_label' ? narrowedTo(name) : [name] };
}

/** Percentiles of fewer values say little: the API then has the values themselves. */
export function isFew({ values }: QueueGroup): boolean {
  return values !== null;
}
