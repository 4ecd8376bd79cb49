import type { Metric } from '../../src/domain/metric.ts';
import { SELF } from '../../src/domain/own-metrics.ts';

/*
 * Expressions that Prometheus and VictoriaMetrics both understand. Metrics and labels come from the catalogue, and a
 * label that a metric does not have is refused, so that no panel can ask for what does not exist.
 */

/** The variables of the boards: each narrows every metric that has the label of its name. */
export const FILTERS = ['repository', 'workflow', 'runs_on'] as const;

/** By label: the value, several of which one must fit, or what it must not be. */
export type Matchers = Readonly<Record<string, string | readonly string[] | { readonly not: string }>>;

/** What follows the selector: the whole range that the board shows, or a window for each step of a graph. */
export type Window = 'range' | 'step';

const RANGE = '$__range';
const STEP = '$__rate_interval';

/** A selector, narrowed by the variables of the board. `part` is one of a histogram, such as `_bucket`. */
export function select(metric: Metric, matchers: Matchers = {}, part = ''): string {
  refuseUnknown(metric, Object.keys(matchers));
  const pairs = [
    ...filtersOf(metric).map((label) => `${label}=~"$${label}"`),
    ...Object.entries(matchers).map(([label, wanted]) => `${label}${matcher(wanted)}`),
  ];
  return pairs.length === 0 ? metric.name + part : `${metric.name}${part}{${pairs.join(', ')}}`;
}

/** Of what ant-watcher says about GitHub Actions. The workflow of a dispatch is a path, not a name. */
function filtersOf({ name, labels }: Metric): readonly string[] {
  if (!name.startsWith('github_actions_') || name === 'github_actions_dispatches_total') return [];
  return FILTERS.filter((label) => labels.includes(label));
}

function matcher(wanted: Matchers[string]): string {
  if (typeof wanted === 'string') return `="${wanted}"`;
  return 'not' in wanted ? `!="${wanted.not}"` : `=~"${wanted.join('|')}"`;
}

function refuseUnknown(metric: Metric, labels: readonly string[]): void {
  const unknown = labels.filter((label) => !metric.labels.includes(label));
  if (unknown.length > 0) throw new Error(`${metric.name} has no label ${unknown.join(', ')}.`);
}

/** `sum by (…) (…)`, or `sum(…)` for no label; the same for other aggregations. */
export function aggregate(
  how: 'sum' | 'min' | 'max' | 'count',
  by: readonly string[],
  inner: string,
): string {
  return by.length === 0 ? `${how}(${inner})` : `${how} by (${by.join(', ')}) (${inner})`;
}

/** What a gauge says now. */
export function present(metric: Metric, by: readonly string[] = [], matchers: Matchers = {}): string {
  refuseUnknown(metric, by);
  return aggregate('sum', by, select(metric, matchers));
}

/**
 * How much a counter, or a part of a histogram, has grown in the whole range: its last value, minus the one at the beginning. No `increase()`: that
 * extrapolates, so that 4 runs become 4.02, and does not see the first value of a series. A series that was not there at
 * the beginning began at 0 if its process was scraped already, otherwise (a new scrape, another `instance`) at the
 * first value that is known. The counters of ant-watcher never go back.
 */
export function counted(
  metric: Metric,
  by: readonly string[] = [],
  matchers: Matchers = {},
  part: '' | '_count' | '_sum' = '',
): string {
  refuseUnknown(metric, by);
  const selected = select(metric, matchers, part);
  const scraped = `${SELF.buildInfo.name} offset ${RANGE}`;
  const start = `(${selected} offset ${RANGE} or (${selected} * 0 and on (instance) ${scraped}) or min_over_time(${selected}[${RANGE}]))`;
  return aggregate('sum', by, `max_over_time(${selected}[${RANGE}]) - ${start}`);
}

/** How much a counter grows in each step of a graph. */
export function growth(metric: Metric, by: readonly string[] = [], matchers: Matchers = {}): string {
  refuseUnknown(metric, by);
  return aggregate('sum', by, `increase(${select(metric, matchers)}[${STEP}])`);
}

/** The same per second. */
export function speed(metric: Metric, by: readonly string[] = [], matchers: Matchers = {}): string {
  refuseUnknown(metric, by);
  return aggregate('sum', by, `rate(${select(metric, matchers)}[${STEP}])`);
}

/** A percentile of a histogram, interpolated inside its bucket. Nothing where nothing was observed. */
export function percentile(
  share: number,
  metric: Metric,
  by: readonly string[],
  { window, matchers = {}, ago = '' }: { window: Window; matchers?: Matchers; ago?: string },
): string {
  refuseUnknown(metric, by);
  const buckets = `rate(${select(metric, matchers, '_bucket')}[${windowText(window)}]${ago === '' ? '' : ` offset ${ago}`})`;
  return `histogram_quantile(${share}, ${aggregate('sum', ['le', ...by], buckets)}) >= 0`;
}

/** The mean of a histogram in each step. */
export function mean(metric: Metric, by: readonly string[], matchers: Matchers = {}): string {
  refuseUnknown(metric, by);
  const of = (part: string) => aggregate('sum', by, `rate(${select(metric, matchers, part)}[${STEP}])`);
  return `${of('_sum')} / (${of('_count')} > 0)`;
}

/** How long ago the time is that a gauge says: the earliest, or the latest, of each group. */
export function age(
  metric: Metric,
  which: 'min' | 'max',
  by: readonly string[] = [],
  matchers: Matchers = {},
): string {
  refuseUnknown(metric, by);
  return `time() - ${aggregate(which, by, select(metric, matchers))}`;
}

/** The same expression of steps, a week before. */
export function weekBefore(expression: string): string {
  return expression.replaceAll(`[${STEP}]`, `[${STEP}] offset 1w`);
}

/** A sum, and 0 where nothing is to be summed although ant-watcher is scraped. */
export function orNone(sum: string): string {
  return `${sum} or 0 * max(${SELF.buildInfo.name})`;
}

/** One quotient; nothing where the divisor is 0. */
export function share(part: string, whole: string): string {
  return `${part} / (${whole} > 0)`;
}

/** The metric of the processes of ant-watcher alone: other processes have the names that begin with `process_` too. */
export function ofOurs(expression: string): string {
  return `${expression} and on (job, instance) ${SELF.buildInfo.name}`;
}

/** The greatest ones. */
export function top(count: number, expression: string): string {
  return `topk(${count}, ${expression})`;
}

export function windowText(window: Window): string {
  return window === 'range' ? RANGE : STEP;
}
