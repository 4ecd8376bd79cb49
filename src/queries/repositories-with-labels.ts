import type { AskedFilters } from '../domain/list-query.ts';
import type { HistoryReader } from '../domain/queries.ts';
import { labelsFor } from './repository-labels.ts';

/** No repository has this name. */
const NOBODY = '/';

type Asked = Pick<AskedFilters, 'repository' | 'repositoryLabel'>;

/**
 * The same filters with the repositories that have the labels now: what is stored has no labels, so that old work is
 * found under the labels of today. Rejects with `name_unknown` if there is no such label.
 */
export async function withRepositories<A extends Asked>(
  reader: Pick<HistoryReader, 'repositoryLabels'>,
  { repositoryLabel, ...asked }: A,
): Promise<Omit<A, 'repositoryLabel'>> {
  if (repositoryLabel === undefined || repositoryLabel.length === 0) return asked;
  const wanted = Map.groupBy(repositoryLabel, (text) => text.slice(0, text.indexOf('=')));
  const { repositories } = await labelsFor(reader, [...wanted.keys()]);
  const repository = [...repositories]
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
