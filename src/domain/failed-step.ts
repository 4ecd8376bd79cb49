import type { EndedJob } from './lifecycle/fact.ts';
import { withoutIds } from './own-ids.ts';

/**
 * The step that made a job fail, as it is in labels: the first by its number that failed. Steps behind it only
 * run because they ask for it (`if: always()`), and what fails there comes of the first. Null if none is known.
 */
export function failedStepOf(job: EndedJob): string | null {
  if (!('steps' in job)) return null;
  const failed = job.steps.filter(({ conclusion }) => conclusion === 'failure');
  const [first] = failed.toSorted((a, b) => a.number - b.number);
  return first === undefined ? null : withoutIds(first.name, job);
}
