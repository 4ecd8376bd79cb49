import { metricNamed } from './catalogue.ts';
import { COUNT_CELL, type Increment, SUM_CELL } from './metric.ts';

/** What was counted, for a person: `metric{labels} +value`, or `observed value` for a histogram. */
export function countedText(increments: readonly Increment[]): string[] {
  return increments.flatMap(linesOf);
}

/** One line per number that changed; the count and the sum of a histogram are one line. */
function linesOf(
  { metric, labels, cell, delta }: Increment,
  index: number,
  all: readonly Increment[],
): string[] {
  if (cell === SUM_CELL) return [];
  const known = metricNamed(metric);
  const pairs = known?.labels.map((label, at) => `${label}=${JSON.stringify(labels[at] ?? '')}`) ?? [];
  const series = `${metric}{${pairs.join(',')}}`;
  if (cell === COUNT_CELL) return [`${series} +${delta / (known?.scale ?? 1)}`];
  const next = all[index + 1];
  // An observation of 0 has no increment of the sum; one from elsewhere would have other labels.
  const isOwn =
    next?.cell === SUM_CELL && next.metric === metric && next.labels.join('\0') === labels.join('\0');
  const sum = isOwn ? next.delta : 0;
  return [`${series} observed ${sum / (known?.scale ?? 1)}`];
}
