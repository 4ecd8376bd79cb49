import { countedAtOnce } from '../counted-at-once.ts';
import { type Samples, withoutZeros } from '../samples.ts';

/**
 * The lines of what a service has counted and no passing of time changes: not gauges, nor what is counted some
 * minutes after the event.
 */
export function lastingNumbers(samples: Samples): string[] {
  const lines = withoutZeros(countedAtOnce(samples));
  return lines.filter((line) => /^\w+_(total|bucket|sum|count)\{/.test(line));
}
