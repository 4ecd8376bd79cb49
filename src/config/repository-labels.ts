import { policyProblem } from '../domain/label-policy.ts';
import { MAX_REPOSITORY_LABELS, type RepositoryLabel } from '../domain/repository-labels.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import type { Settings } from './settings.ts';

/** The labels of repositories that the settings and the file make together, in the order of their names. */
export function repositoryLabelsOf({
  metrics: { repositoryLabels },
  labelFile,
}: Pick<Settings, 'metrics' | 'labelFile'>): RepositoryLabel[] {
  const names = new Set([...repositoryLabels.map(({ label }) => label), ...labelFile.keys()]);
  return [...names].sort().map((label) => ({
    label,
    property: repositoryLabels.find((each) => each.label === label)?.property ?? null,
    values: labelFile.get(label) ?? [],
  }));
}

/** What is wrong with these labels together with other settings. */
export function repositoryLabelProblems(settings: Settings): ConfigProblem[] {
  const labels = repositoryLabelsOf(settings).map(({ label }) => label);
  const extra = settings.push.extraLabels.find(([name]) => labels.includes(name))?.[0];
  return [
    ...(labels.length > MAX_REPOSITORY_LABELS
      ? [
          problemWith(
            'metrics.repository_labels_file',
            `and metrics.repository_labels have ${labels.length} labels together, more than ${MAX_REPOSITORY_LABELS}`,
            'leave some out: each multiplies the series',
          ),
        ]
      : []),
    ...(extra === undefined
      ? []
      : [
          problemWith(
            'push.extra_labels',
            `has the label ${extra}, which repositories have, too`,
            'rename one of the two',
          ),
        ]),
    ...policyProblems(settings, labels),
  ];
}

/** What the policy of labels could not check alone. */
function policyProblems({ metrics: { labelPolicy } }: Settings, labels: readonly string[]): ConfigProblem[] {
  const what = policyProblem(labelPolicy, labels);
  const hint = 'docs/metrics.md lists the labels of each metric';
  return what === null ? [] : [problemWith('metrics.label_policy', what, hint)];
}
