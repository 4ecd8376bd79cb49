import { itemsIn, type Kind, SECRET_PLACEHOLDER, secretLines } from './kinds.ts';

/*
 * The kinds of values that say who may use the API.
 */

/** What can be public. */
export type PublicArea = 'metrics' | 'read' | 'page';

const AREAS: readonly PublicArea[] = ['metrics', 'read', 'page'];

/** Any of the areas, or none. */
export function publicAreas(): Kind<readonly PublicArea[]> {
  return {
    expects: `any of ${AREAS.join(', ')}, separated by commas`,
    example: 'metrics',
    items: words,
    read(texts) {
      const areas = words(texts).map((word) => AREAS.find((area) => area === word));
      return areas.includes(undefined) ? undefined : [...new Set(areas as PublicArea[])];
    },
  };
}

function words(texts: readonly string[]): string[] {
  return itemsIn(texts, /[\s,]+/);
}

/** Users with their passwords. A password may contain colons, a user name can't. */
export function userPasswords(): Kind<readonly string[]> {
  const lines = secretLines();
  return {
    ...lines,
    expects: 'user:password, or several, one per line',
    example: SECRET_PLACEHOLDER,
    read: (texts) =>
      lines.read(texts)?.every((line) => /^[^:]+:./.test(line)) ? lines.read(texts) : undefined,
  };
}
