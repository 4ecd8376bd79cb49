import { cutText } from '../domain/cut-text.ts';
import { MAX_LABEL_LENGTH } from '../domain/label-value.ts';
import type { Observation } from '../domain/observation.ts';
import type { Properties, ReportedRepository } from '../domain/repository-labels.ts';
import { integerOf, type Json, objectOf, textOf, textsOf } from './fields.ts';

/*
 * The custom properties of a repository, as webhooks and the API have them: a text, several texts where more than
 * one can be selected, `"true"` or `"false"`, and null where none was set.
 * https://docs.github.com/rest/repos/custom-properties
 */

/** GitHub allows an organization 100. */
const MOST_PROPERTIES = 100;

/** What a payload reports of its repository. */
export function reportedRepository(
  payload: Json,
  { repository: name, observedAtMs: atMs }: Observation,
): ReportedRepository {
  const repository = objectOf(payload['repository']);
  const properties = propertiesOf(
    objectOf(repository?.['custom_properties']),
    payload['new_property_values'],
  );
  return { name, repositoryId: integerOf(repository?.['id']), properties, atMs };
}

/** Null if the payload has none. What changed is a list beside the repository. */
function propertiesOf(own: Json | null, changed: unknown): Properties | null {
  if (own === null) return null;
  const news = (Array.isArray(changed) ? changed : []).flatMap((each) => {
    const property = objectOf(each);
    const name = textOf(property?.['property_name']);
    return name === null ? [] : [[name, property?.['value']] as const];
  });
  const values = Object.entries({ ...own, ...Object.fromEntries(news) })
    .map(([name, value]) => [cutText(name, MAX_LABEL_LENGTH), valueText(value)] as const)
    .filter(([, value]) => value !== '')
    .slice(0, MOST_PROPERTIES);
  return Object.fromEntries(values);
}

/** Several values in the order of their texts: GitHub's order is that in which somebody chose them. */
function valueText(value: unknown): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  const texts = Array.isArray(value) ? [...new Set(textsOf(value))].sort() : [textOf(value) ?? ''];
  return cutText(texts.join(','), MAX_LABEL_LENGTH);
}
