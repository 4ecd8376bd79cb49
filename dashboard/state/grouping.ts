import { address } from './navigation.ts';

/*
 * What the rows of a view are grouped by, as its address has it: `by`, and with a label of repositories `group_label`.
 */

const LABEL = 'repository_label';

export interface Grouping<By extends string> {
  readonly by: By;
  /** For the question to the read API. */
  readonly parameters: { readonly by: By; readonly group_label?: string | undefined };
}

/** `words`: what it can be grouped by. */
export function groupingOf<By extends string>(
  words: Readonly<Record<By, string>>,
  usual: NoInfer<By>,
): Grouping<By> {
  const { own } = address.value;
  const by = (Object.keys(words) as By[]).find((each) => each === own['by']) ?? usual;
  return { by, parameters: by === LABEL ? { by, group_label: own['group_label'] } : { by } };
}

/** What the groups of an answer are called: a label of repositories by its own name. */
export function groupWord<By extends string>(
  { by, group_labels: labels }: { readonly by: By; readonly group_labels: readonly string[] },
  words: Readonly<Record<By, string>>,
): string {
  return (by === LABEL ? chosenLabel(labels) : undefined) ?? words[by];
}

/** The first if the address has none. */
export function chosenLabel(labels: readonly string[]): string | undefined {
  return address.value.own['group_label'] ?? labels[0];
}

/** The filter by labels of repositories, narrowed to one `LABEL=VALUE`: other labels stay. */
export function narrowedTo(pair: string): readonly string[] {
  const begin = pair.slice(0, pair.indexOf('=') + 1);
  const others = (address.value.filters.repository_label ?? []).filter((each) => !each.startsWith(begin));
  return [...others, pair];
}
