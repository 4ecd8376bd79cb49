import type { AskedFilters } from '../domain/list-query.ts';
import type { HistoryReader } from '../domain/queries.ts';
import type { LabelledRepositories } from '../domain/repository-labels.ts';

/** No repository has this name. */
const NOBODY = '/';

type Asked = Pick<AskedFilters, 'repository' | 'repositoryLabel'>;

/**
 * The same question about the repositories that have the labels it asks for now: what is stored has no labels, so
 * that old work is found under the labels of today.
 */
export async function withRepositories(reader: HistoryReader, query: unknown): Promise<unknown> {
  if (typeof query !== 'object' || query === null) return query;
  for (const place of ['filters', 'query'] as const)
    if (place in query)
      return { ...query, [place]: await narrowed(reader, (query as Record<typeof place, Asked>)[place]) };
  return narrowed(reader, query as Asked);
}

async function narrowed(reader: HistoryReader, { repositoryLabel, ...asked }: Asked): Promise<object> {
  if (repositoryLabel === undefined || repositoryLabel.length === 0) return asked;
  const wanted = Map.groupBy(repositoryLabel, (text) => text.slice(0, text.indexOf('=')));
  const labelled: LabelledRepositories = (await reader.repositoryLabels()) ?? new Map();
  const repository = [...labelled]
    .filter(([name]) => asked.repository.length === 0 || asked.repository.some((text) => isNamed(name, text)))
    .filter(([, labels]) =>
      Array.from(wanted).every(([label, texts]) =>
        labels.some((each) => each.label === label && texts.includes(`${label}=${each.value}`)),
      ),
    )
    .map(([name]) => name);
  return { ...asked, repository: repository.length === 0 ? [NOBODY] : repository };
}

/** `owner/name` or `owner/*`. */
function isNamed(name: string, text: string): boolean {
  return text.endsWith('/*') ? name.startsWith(text.slice(0, -1)) : name === text;
}
