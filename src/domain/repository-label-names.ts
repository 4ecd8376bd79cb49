import { METRICS } from './catalogue.ts';
import { MAX_REPOSITORY_LABELS } from './repository-labels.ts';

/*
 * Which labels an operator may add (repository-labels.ts).
 */

/** A label, and the custom property that it shows. */
export interface LabelOfProperty {
  readonly label: string;
  readonly property: string;
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const PROPERTY_NAME = /^[\w$#-]{1,75}$/;
const OF_METRICS: ReadonlySet<string> = new Set([
  ...METRICS.flatMap(({ labels }) => labels),
  ...['le', 'quantile'],
]);
/** Those that it adds to whatever it scrapes. */
const OF_PROMETHEUS: ReadonlySet<string> = new Set(['job', 'instance']);
const FORM = 'write LABEL=PROPERTY, as in team=team';

/** What is wrong with the name of a label to add; null: nothing. */
export function labelNameProblem(name: string): string | null {
  if (!LABEL_NAME.test(name) || name.startsWith('__')) return `"${name}" is no name of a label`;
  if (OF_PROMETHEUS.has(name)) return `Prometheus itself sets the label "${name}": choose another name`;
  return OF_METRICS.has(name) ? `metrics already have a label "${name}": choose another name` : null;
}

/** Parses labels such as `team=team, tier=service_tier`. `problem` describes all that is wrong. */
export function parseRepositoryLabels(
  text: string,
): { readonly labels: readonly LabelOfProperty[] } | { readonly problem: string } {
  const entries = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((entry) => {
      const [label = '', property, ...more] = entry.split('=').map((each) => each.trim());
      return { entry, label, property: more.length > 0 ? undefined : property };
    });
  const problems = entries.flatMap(({ entry, label, property }, index) => {
    if (property === undefined) return [`"${entry}" is no pair: ${FORM}`];
    if (!PROPERTY_NAME.test(property)) return [`"${property}" is no name of a custom property: ${FORM}`];
    if (entries.findIndex((each) => each.label === label) < index)
      return [`the label "${label}" is named twice`];
    return labelNameProblem(label) ?? [];
  });
  const tooMany = `there are ${entries.length} labels, more than ${MAX_REPOSITORY_LABELS}`;
  if (entries.length > MAX_REPOSITORY_LABELS) problems.push(tooMany);
  return problems.length > 0
    ? { problem: problems.join('; ') }
    : { labels: entries.map(({ label, property = '' }) => ({ label, property })) };
}
