import { installationAnd, once } from '../promql.ts';

/** A label under the name that another exporter has for it: one of ours, or the part that a pattern takes of it. */
export type OldLabel = string | { readonly of: string; readonly part: string };

/** By their old names, in the order in which they are made: one that is read may not have been replaced before. */
export type OldLabels = Readonly<Record<string, OldLabel>>;

/** Of `owner/name`. What is not of that form, such as `__other__`, is a name without an owner. */
export const OWNER: OldLabel = { of: 'repository', part: '([^/]*)/.*' };
export const SHORT_NAME: OldLabel = { of: 'repository', part: '(?:[^/]*/)?(.*)' };
/** The first of the labels that a job asked for. */
export const FIRST_LABEL: OldLabel = { of: 'runs_on', part: '([^,]*).*' };

/**
 * What a selector finds, each series once however many replicas are scraped, with the old labels and those that tell
 * ant-watchers apart.
 */
export function renamed(selector: string, labels: OldLabels): string {
  const steps = Object.entries(labels).flatMap(([old, of]) => (old === of ? [] : [stepOf(old, of)]));
  const lines = [`${'label_replace('.repeat(steps.length)}${once(selector)}`, ...steps];
  return `sum by (${installationAnd(...Object.keys(labels))}) (\n  ${lines.join(',\n  ')}\n)`;
}

/** What ends one `label_replace`. */
function stepOf(old: string, label: OldLabel): string {
  const { of, part } = typeof label === 'string' ? { of: label, part: '(.*)' } : label;
  return `"${old}", "$1", "${of}", "${part}")`;
}
