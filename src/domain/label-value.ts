import { cutText } from './cut-text.ts';
import { withoutMatrix } from './job-name.ts';
import { type OwnIds, withoutIds } from './own-ids.ts';

/*
 * Names as label values. Whoever names a job may do so at any length, and a scrape repeats the name in every line of its
 * series; so labels are shorter than what is stored, and hold nothing that is made for one run.
 */

const MAX_LABEL_LENGTH = 200;

/** Label values as series have them. Those that agree in their first 200 characters become one. */
export function labelValues(texts: readonly string[]): readonly string[] {
  const isShort = texts.every(({ length }) => length <= MAX_LABEL_LENGTH);
  return isShort ? texts : texts.map((text) => cutText(text, MAX_LABEL_LENGTH));
}

/** The labels that a job asked for, in their order, without its ids; `none` when it asked for none. */
export function runsOnLabel({ runsOn, ...own }: { readonly runsOn: readonly string[] } & OwnIds): string {
  return runsOn.length === 0 ? 'none' : withoutIds(runsOn.join(','), own);
}

/**
 * A job's name without the values of matrices and without its ids: `deploy (eu) / build (20, ubuntu)` is
 * `deploy / build`.
 */
export function jobLabel({ name, ...own }: { readonly name: string } & OwnIds): string {
  return withoutIds(withoutMatrix(name), own);
}
