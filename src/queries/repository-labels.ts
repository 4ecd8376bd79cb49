import { AntError } from '../domain/errors.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { HistoryReader } from '../domain/queries.ts';
import type { CurrentLabels } from '../domain/repository-labels.ts';

type LabelReader = Pick<HistoryReader, 'repositoryLabels'>;

/**
 * The labels of repositories, for a question that names some of them. Rejects with `name_unknown` if one of these is
 * not there: an answer about no repository would look as if all were well.
 */
export async function labelsFor(reader: LabelReader, asked: readonly string[]): Promise<CurrentLabels> {
  const labels = await reader.repositoryLabels();
  if (labels === null)
    throw new AntError(
      'name_unknown',
      'Repositories have no labels: neither metrics.repository_labels nor metrics.repository_labels_file is set.',
    );
  const unknown = asked.find((name) => !labels.names.includes(name));
  if (unknown === undefined) return labels;
  const nearest = nearestName(unknown, labels.names);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new AntError(
    'name_unknown',
    `Repositories have no label ${JSON.stringify(unknown)}. There ${labels.names.length === 1 ? 'is' : 'are'} ${labels.names.join(', ')}.${hint}`,
  );
}

/** The names of all labels. */
export async function labelNames(reader: LabelReader): Promise<readonly string[]> {
  return (await reader.repositoryLabels())?.names ?? [];
}
