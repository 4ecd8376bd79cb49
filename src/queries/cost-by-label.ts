import type { CostRow } from '../domain/openapi-types.ts';
import type { HistoryReader } from '../domain/queries.ts';
import { NO_VALUE } from '../domain/repository-labels.ts';
import type { GroupKey } from './cost-groups.ts';
import { type CostSums, type Spent, totalOf } from './cost-sums.ts';

/*
 * What repositories cost, added up by the value that they have of a label now.
 */

export interface NamedCost {
  readonly names: Pick<CostRow, 'repository_label'>;
  readonly sums: CostSums;
  /** Micro dollars in the window before; null: not known. */
  readonly before: number | null;
}

/** The label with its value, as filters take it, for a group by repository. */
type LabelOf = (key: GroupKey) => string;

/** `label`: the first by name if it is not given. */
export async function labelOf(
  reader: HistoryReader,
  label: string | undefined,
  texts: ReadonlyMap<number, string>,
): Promise<LabelOf> {
  const labelled = await reader.repositoryLabels();
  const name = label ?? (await groupLabels(reader))[0];
  return ([repository]) => {
    const labels = labelled?.get(texts.get(repository) ?? '') ?? [];
    const value = labels.find((each) => each.label === name)?.value ?? NO_VALUE;
    return name === undefined ? value : `${name}=${value}`;
  };
}

/** The names of all labels. */
export async function groupLabels(reader: HistoryReader): Promise<string[]> {
  const [labels = []] = (await reader.repositoryLabels())?.values() ?? [];
  return labels.map(({ label }) => label);
}

export function byLabel(
  groups: readonly CostSums[],
  before: readonly Spent[] | null,
  valueFor: LabelOf,
): NamedCost[] {
  const spentThen = Map.groupBy(before ?? [], ({ key }) => valueFor(key));
  return Array.from(
    Map.groupBy(groups, ({ key }) => valueFor(key)),
    ([value, ofValue]) => ({
      names: { repository_label: value },
      sums: totalOf({ all: () => ofValue }),
      before: before && (spentThen.get(value) ?? []).reduce((sum, { microDollars }) => sum + microDollars, 0),
    }),
  );
}
