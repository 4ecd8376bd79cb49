import { integerOf, objectOf, textOf } from './fields.ts';

/**
 * The branch that the pull requests of a run's branch are to be merged into; null if GitHub names none, or several
 * that differ. GitHub names none for a branch of a fork, nor once they are merged. It does name pull requests in other
 * repositories of the same network: those count for nothing here.
 */
export function pullRequestBaseOf(pullRequests: unknown, repositoryId: number | null): string | null {
  if (!Array.isArray(pullRequests)) return null;
  const bases = new Set<string>();
  for (const each of pullRequests) {
    const base = objectOf(objectOf(each)?.['base']);
    const branch = textOf(base?.['ref']);
    const baseId = integerOf(objectOf(base?.['repo'])?.['id']);
    if (branch !== null && (baseId === null || baseId === repositoryId)) bases.add(branch);
  }
  const [base = null, ...others] = bases;
  return others.length === 0 ? base : null;
}
