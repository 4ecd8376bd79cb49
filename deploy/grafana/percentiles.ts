import { DOMAIN, EVENTS } from '../../src/domain/catalogue.ts';
import type { Metric } from '../../src/domain/metric.ts';
import { aggregate, type Matchers, percentile, select, type Window } from './promql.ts';

/*
 * Where the percentiles of a board are from: the histograms of /metrics, or the samples of every single event, which
 * only VictoriaMetrics can make percentiles of.
 */

type Durations = 'runDuration' | 'jobDuration' | 'jobQueue';

export interface Question {
  readonly window: Window;
  readonly by?: readonly string[];
  readonly matchers?: Matchers;
  /** Such as `1w`: of so long before. */
  readonly ago?: string;
}

export interface Percentiles {
  /** What the boards' names end with. */
  readonly suffix: '' | '-events';
  /** How good they are: a sentence of the panels' descriptions. */
  readonly accuracy: string;
  of(share: number, what: Durations, question: Question): string;
  /** How many queue times are in each bucket, by `le`. */
  queueBuckets(): string;
}

export const FROM_HISTOGRAMS: Percentiles = {
  suffix: '',
  accuracy: 'Interpolated inside a bucket of the histogram.',
  of: (share, what, { window, by = [], ...rest }) => percentile(share, DOMAIN[what], by, { window, ...rest }),
  queueBuckets: () =>
    aggregate('sum', ['le'], `increase(${select(DOMAIN.jobQueue, {}, '_bucket')}[$__rate_interval])`),
};

export const FROM_EVENTS: Percentiles = {
  suffix: '-events',
  accuracy: 'From every single event, at its own time; at most 14 % off, whatever its size.',
  of: (share, what, { window, by = [], matchers = {}, ago }) =>
    `histogram_quantile(${share}, ${vmBuckets(EVENTS[what], window, by, matchers, ago)})`,
  queueBuckets: () => `prometheus_buckets(${vmBuckets(EVENTS.jobQueue, 'step', [])})`,
};

function vmBuckets(
  metric: Metric,
  window: Window,
  by: readonly string[],
  matchers: Matchers = {},
  ago?: string,
): string {
  const unknown = by.filter((label) => !metric.labels.includes(label));
  if (unknown.length > 0) throw new Error(`${metric.name} has no label ${unknown.join(', ')}.`);
  const span = window === 'range' ? '$__range' : '$__interval';
  const offset = ago === undefined ? '' : ` offset ${ago}`;
  return aggregate(
    'sum',
    ['vmrange', ...by],
    `histogram_over_time(${select(metric, matchers)}[${span}]${offset})`,
  );
}
