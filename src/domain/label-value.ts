import { cutText } from './cut-text.ts';
import { withoutMatrix } from './job-name.ts';
import { type OwnIds, withoutIds } from './own-ids.ts';

/*
 * Names as label values. A job's name can have any length, and a scrape repeats it in every line of its
 * series. So labels are shorter than what is stored, and contain nothing that is unique to a run.
 */

export const MAX_LABEL_LENGTH = 200;

/** Label values as series have them. Values with the same first 200 characters become one. */
export function labelValues(texts: readonly string[]): readonly string[] {
  const isShort = texts.every(({ length }) => length <= MAX_LABEL_LENGTH);
  return isShort ? texts : texts.map(labelValue);
}

export function labelValue(text: string): string {
  return cutText(text, MAX_LABEL_LENGTH);
}

/** The labels that a job asked for, in order, without ids; `none` if it asked for none. */
export function runsOnLabel(job: { readonly runsOn: readonly string[] } & OwnIds): string {
  return job.runsOn.length === 0 ? 'none' : withoutIds(job.runsOn.join(','), job);
}

/**
 * A job's name without matrix values and ids: `deploy (eu) / build (20, ubuntu)` becomes `deploy / build`.
 */
export function jobLabel(job: { readonly name: string } & OwnIds): string {
  return withoutIds(withoutMatrix(job.name), job);
}
