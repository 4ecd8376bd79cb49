import { branchClasses, isBranchClass } from '../domain/branch-class.ts';
import { AntError } from '../domain/errors.ts';
import type { AskedFilters } from '../domain/list-query.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { HistoryReader } from '../domain/queries.ts';

/**
 * The same filters, where `pull_request` and `merge_queue` also stand for those of every base, such as
 * `pull_request:default` (`metrics.branch_bases`). Rejects with `name_unknown` for what can't be a class, such as the
 * name of a branch.
 */
export async function withBranchesOfBases<A extends Partial<Pick<AskedFilters, 'branch'>>>(
  reader: Pick<HistoryReader, 'branchClasses'>,
  asked: A,
): Promise<A> {
  const { branch = [] } = asked;
  if (branch.length === 0) return asked;
  const { groups, stored } = await reader.branchClasses();
  for (const text of branch)
    if (!isBranchClass(text, groups) && !stored.includes(text)) throw unknownClass(text, groups);
  const ofBases = branch.flatMap((text) => stored.filter((each) => each.startsWith(`${text}:`)));
  return { ...asked, branch: [...new Set([...branch, ...ofBases])] };
}

function unknownClass(text: string, groups: readonly string[]): AntError {
  const known = branchClasses(groups);
  const nearest = nearestName(text, known);
  const hint =
    nearest === undefined ? ' metrics.branch_groups makes more classes.' : ` Did you mean ${nearest}?`;
  return new AntError(
    'name_unknown',
    `There is no class of branches ${JSON.stringify(text)}. There are ${known.join(', ')}.${hint}`,
  );
}
