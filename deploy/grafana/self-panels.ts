import type { Metric } from '../../src/domain/metric.ts';
import { redFrom } from './colours.ts';
import { bars, lines, stat, type Unplaced } from './panels.ts';
import { growth, present, speed } from './promql.ts';

/* The usual panels of one metric about ant-watcher, whose help is their description. */

/** One number, red from `redAt` on. */
export function number(title: string, about: string, expr: string, redAt?: number): Unplaced {
  const words = { title, about, unit: 'short' };
  return stat(redAt === undefined ? words : { ...words, thresholds: redFrom(redAt) }, expr);
}

/** One length of time, red from `limit` on. */
export function seconds(title: string, about: string, expr: string, limit: number, empty: string): Unplaced {
  return stat({ title, about, unit: 's', thresholds: redFrom(limit), empty }, expr);
}

/** How much a counter grows in each step, by one label. */
export function barsBy(title: string, metric: Metric, label: string, empty?: string): Unplaced {
  return barsOf(title, metric, [label], empty);
}

/** The same by several. */
export function barsOf(title: string, metric: Metric, labels: readonly string[], empty?: string): Unplaced {
  const words = { title, about: plain(metric), unit: 'short', ...(empty !== undefined && { empty }) };
  return bars(words, [{ expr: growth(metric, labels), legend: legendOf(labels) }]);
}

/** What a gauge says, by one label. */
export function lineBy(title: string, metric: Metric, label: string, empty?: string): Unplaced {
  return line(title, metric, { expr: present(metric, [label]), legend: legendOf([label]) }, empty);
}

/** How fast a counter grows, by one label. */
export function lineRate(title: string, metric: Metric, label: string, empty?: string): Unplaced {
  return line(title, metric, { expr: speed(metric, [label]), legend: legendOf([label]) }, empty);
}

function line(
  title: string,
  metric: Metric,
  query: { expr: string; legend: string },
  empty?: string,
): Unplaced {
  const words = { title, about: plain(metric), unit: 'short', ...(empty !== undefined && { empty }) };
  return lines(words, [query], { interval: '1m' });
}

function legendOf(labels: readonly string[]): string {
  return labels.map((label) => `{{${label}}}`).join(' ');
}

/** The help of a metric without the marks of Markdown. */
export function plain({ help }: Metric): string {
  return help.replaceAll('`', '');
}
