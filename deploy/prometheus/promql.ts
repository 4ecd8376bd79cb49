import type { Metric } from '../../src/domain/metric.ts';
import { SELF } from '../../src/domain/own-metrics.ts';

/*
 * The parts that expressions of rules are made of. Metrics come from the catalogue, so that a rule can't name one that
 * does not exist.
 */

/**
 * What replicas of one ant-watcher differ in, if each is scraped: all of them show the same numbers of GitHub Actions,
 * so the largest counts, never the sum.
 */
export const REPLICA_LABELS = ['instance', 'pod', 'node'] as const;

/** What several ant-watchers differ in. A label that a setup lacks does no harm. */
export const INSTALLATION_LABELS = ['cluster', 'namespace', 'job'] as const;

/** A value, one of several, any other, or a regular expression. */
export type Matcher = string | readonly string[] | { readonly not: string } | { readonly like: string };

/** Combines the series of a selector. */
export type Aggregation = (selector: string) => string;

/** Bridges scrapes that failed. Prometheus itself looks back for five minutes. */
const BRIDGE = '10m';
/** Every answer of `/metrics` has it, of one process and of replicas. */
const SCRAPED = select(SELF.queueDeliveries, { state: 'pending' });

/** A selector. Throws where the metric has no such label. `part`: of a histogram. */
export function select(
  { name, labels, type }: Metric,
  matchers: Readonly<Record<string, Matcher>> = {},
  part?: 'bucket' | 'sum' | 'count',
): string {
  if ((type === 'histogram') !== (part !== undefined)) throw new Error(`${name} is a ${type}`);
  const unknown = Object.keys(matchers).find((label) => !labels.includes(label));
  if (unknown !== undefined) throw new Error(`${name} has no label ${unknown}`);
  const texts = Object.entries(matchers).map(([label, matcher]) => `${label}${printMatcher(matcher)}`);
  const series = part === undefined ? name : `${name}_${part}`;
  return texts.length === 0 ? series : `${series}{${texts.join(',')}}`;
}

function printMatcher(matcher: Matcher): string {
  if (typeof matcher === 'string') return `="${matcher}"`;
  if ('not' in matcher) return `!="${matcher.not}"`;
  return `=~"${'like' in matcher ? matcher.like : matcher.join('|')}"`;
}

/** Each series once, however many replicas are scraped. Labels of teams and of the scrape stay. */
export const once: Aggregation = (selector) => `max without (${REPLICA_LABELS.join(', ')}) (${selector})`;

/** The same where one replica that says no is enough. */
export const lowest: Aggregation = (selector) => `min without (${REPLICA_LABELS.join(', ')}) (${selector})`;

/** As `once`, summed over labels of ours. */
export function sumWithout(...labels: readonly string[]): Aggregation {
  return (selector) => `sum without (${labels.join(', ')}) (${once(selector)})`;
}

/** As `once`, summed by these labels for each ant-watcher. */
export function sumBy(...labels: readonly string[]): Aggregation {
  return (selector) => `sum by (${installationAnd(...labels)}) (${once(selector)})`;
}

/** The labels that tell ant-watchers apart, and these, as a list for `by` and `on`. */
export function installationAnd(...labels: readonly string[]): string {
  return [...INSTALLATION_LABELS, ...labels].join(', ');
}

/**
 * How much a counter has grown, exactly: `increase()` extrapolates, and never sees the first value of a series, but
 * counters of ant-watcher do not start again at a restart, so the plain difference is right. A series that did not exist
 * at the beginning of the window counts from 0 if ant-watcher was scraped then. If it was not, nothing is known, and the
 * window begins with the first scrape in it.
 */
export function grown(selector: string, window: string, aggregation: Aggregation = once): string {
  return difference(selector, window, aggregation, [
    `or ${aggregation(`min_over_time(${selector}[${window}])`)}`,
  ]);
}

/**
 * The same for counters with thousands of series, of which a window is too much to read: there is no result if
 * ant-watcher was not scraped at its beginning.
 */
export function grownSum(selector: string, window: string, aggregation: Aggregation): string {
  return difference(selector, window, aggregation, []);
}

function difference(
  selector: string,
  window: string,
  aggregation: Aggregation,
  otherwise: readonly string[],
): string {
  const now = aggregation(selector);
  const wasScraped = once(`last_over_time(${SCRAPED}[${BRIDGE}] offset ${window})`);
  return [
    `(${now} - (`,
    `  ${aggregation(`last_over_time(${selector}[${BRIDGE}] offset ${window})`)}`,
    `  or ${now} * 0 and on (${installationAnd()}) ${wasScraped}`,
    ...otherwise.map((line) => `  ${line}`),
    '))',
  ].join('\n');
}

/** Whether `/metrics` has been answered within the time, by ant-watcher. */
export function answered(within?: string): string {
  const selector = within === undefined ? SCRAPED : `present_over_time(${SCRAPED}[${within}])`;
  return `max by (${installationAnd()}) (${selector})`;
}
