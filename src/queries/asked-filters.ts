import type { AskedFilters } from '../domain/list-query.ts';
import type { HistoryReader } from '../domain/queries.ts';
import { withBranchesOfBases } from './branches-of-classes.ts';
import { withRepositories } from './repositories-with-labels.ts';

/*
 * The filters of a question as what is stored knows them. Whatever is asked goes through here.
 */

type Reader = Pick<HistoryReader, 'repositoryLabels' | 'branchClasses'>;

/** The same question with such filters. Rejects with `name_unknown` for a name that can't match anything. */
export async function withStoredFilters(reader: Reader, query: unknown): Promise<unknown> {
  if (typeof query !== 'object' || query === null) return query;
  for (const place of ['filters', 'query'] as const)
    if (place in query)
      return {
        ...query,
        [place]: await stored(reader, (query as Record<typeof place, AskedFilters>)[place]),
      };
  return stored(reader, query as AskedFilters);
}

async function stored(reader: Reader, asked: AskedFilters): Promise<object> {
  return withBranchesOfBases(reader, await withRepositories(reader, asked));
}
