import { type BranchPattern, matchesBranch } from './branch-pattern.ts';

/*
 * The operator's file may have ten thousand patterns, and each delivery asks which of them its repository has. So
 * only those are tried that begin as its name does.
 */

/** A value, and which repositories have it. */
export interface RepositoryLabelValue {
  readonly value: string;
  /** In lower case: to GitHub, names that differ only in case are the same. */
  readonly repositories: readonly BranchPattern[];
}

interface Candidate {
  /** Of the value, in the file. */
  readonly place: number;
  readonly pattern: BranchPattern;
}

/** Patterns by the text before their first wildcard. */
type ByBeginning = ReadonlyMap<string, readonly Candidate[]>;

const INDEXES = new WeakMap<readonly RepositoryLabelValue[], ByBeginning>();

/** The first of the values that the repository of this name has; null: none. */
export function valueOfRepository(values: readonly RepositoryLabelValue[], name: string): string | null {
  if (values.length === 0) return null;
  const known = INDEXES.get(values);
  const index = known ?? indexOf(values);
  if (known === undefined) INDEXES.set(values, index);
  const lower = name.toLowerCase();
  let first = Number.POSITIVE_INFINITY;
  for (let length = 0; length <= lower.length; length += 1)
    for (const { place, pattern } of index.get(lower.slice(0, length)) ?? [])
      if (place < first && matchesBranch(pattern, lower)) first = place;
  return values[first]?.value ?? null;
}

function indexOf(values: readonly RepositoryLabelValue[]): ByBeginning {
  const index = new Map<string, Candidate[]>();
  for (const [place, { repositories }] of values.entries())
    for (const pattern of repositories) {
      const [first = ''] = pattern;
      const beginning = first.startsWith('*') ? '' : first;
      const same = index.get(beginning);
      if (same === undefined) index.set(beginning, [{ place, pattern }]);
      else same.push({ place, pattern });
    }
  return index;
}
