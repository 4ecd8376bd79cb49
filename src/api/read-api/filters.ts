import type { AskedFilters } from '../../domain/list-query.ts';
import { BadQuery } from './parameters.ts';

type FilterName =
  | 'repository'
  | 'repository_label'
  | 'workflow'
  | 'job_name'
  | 'runs_on'
  | 'label'
  | 'runner_group'
  | 'branch'
  | 'event'
  | 'conclusion';

const REPOSITORY = /^[^/\s*]+\/(\*|[^/\s*]+)$/;

const LABEL = /^[a-zA-Z_]\w*=./s;

/** The filters among the parameters of an operation; those that it does not have are empty. */
export function filtersOf(values: Readonly<Partial<Record<FilterName, readonly string[]>>>): AskedFilters {
  for (const text of values.repository ?? [])
    if (!REPOSITORY.test(text)) throw new BadQuery('repository must be owner/name, or owner/*.');
  const labels = values.repository_label ?? [];
  for (const text of labels)
    if (!LABEL.test(text)) throw new BadQuery('repository_label must be LABEL=VALUE, as in team=payments.');
  return {
    ...(labels.length === 0 ? {} : { repositoryLabel: labels }),
    repository: values.repository ?? [],
    workflow: values.workflow ?? [],
    jobName: values.job_name ?? [],
    runsOn: values.runs_on ?? [],
    label: values.label ?? [],
    runnerGroup: values.runner_group ?? [],
    branch: values.branch ?? [],
    event: values.event ?? [],
    conclusion: values.conclusion ?? [],
  };
}

/** What an answer is grouped by. Throws `BadQuery` for a label where no labels are asked for. */
export function groupingOf<By extends string>({
  by,
  group_label: label,
}: {
  readonly by: By;
  readonly group_label: string | undefined;
}): { readonly by: By; readonly label: string | undefined } {
  if (label !== undefined && by !== 'repository_label')
    throw new BadQuery('group_label is for by=repository_label.');
  return { by, label };
}
