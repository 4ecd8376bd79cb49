import type { ExpositionFormat } from '../domain/contracts.ts';
import { isJobCounter } from '../domain/job-numbers.ts';
import { escapeLine, escapeQuoted, labelText } from '../domain/label-text.ts';
import { boundsOf, type GaugeReading, type Metric } from '../domain/metric.ts';
import { SlicedText } from '../timing/sliced-text.ts';
import type { Exemplars } from './exemplars.ts';
import type { JobNumbers } from './job-numbers.ts';
import type { Registry } from './registry.ts';
import type { Series } from './sorted-series.ts';

/** The longest that rendering blocks the event loop. */
const SLICE_MS = 2;

export interface ExpositionSource {
  readonly registry: Pick<Registry, 'metrics' | 'seriesOf' | 'textLength'>;
  /** Values in exposed units; metrics that the registry's catalogue lacks are left out. */
  readonly readings: readonly GaugeReading[];
  readonly format: ExpositionFormat;
  /** Whether OpenMetrics gets a `_created` line for each counter and histogram. */
  readonly createdTimestamps?: boolean;
  /** Shown in OpenMetrics, if any. */
  readonly exemplars?: Pick<Exemplars, 'textOf'> | null;
  /** The numbers that jobs reported, if any. */
  readonly jobNumbers?: Pick<JobNumbers, 'families'>;
}

/**
 * All metrics that have series, in the order of the catalogue and of their label text: equal values give
 * equal bytes. Lets other work run every few milliseconds, but reads each series at once, so a histogram is
 * consistent in itself. The bytes have their own buffer, which may be transferred.
 */
export async function renderExposition({
  registry,
  readings,
  format,
  createdTimestamps = false,
  exemplars = null,
  jobNumbers,
}: ExpositionSource): Promise<Uint8Array<ArrayBuffer>> {
  const readingsByMetric = Map.groupBy(readings, (reading) => reading.metric);
  const text = new SlicedText(
    SLICE_MS,
    registry.textLength() + 256 * (readings.length + 2 * registry.metrics.length),
  );
  for (const metric of registry.metrics) {
    if (metric.type === 'sample') continue;
    const series = registry.seriesOf(metric);
    const read = readingsByMetric.get(metric.name) ?? [];
    if (series.length === 0 && read.length === 0) continue;
    text.add(header(metric, format));
    const render =
      metric.type === 'histogram' ? histogramRenderer(metric, format, exemplars) : counterRenderer(metric);
    const created = format === 'openmetrics' && createdTimestamps ? createdRenderer(metric) : () => '';
    for (const each of series) if (text.add(render(each) + created(each))) await text.pause();
    for (const line of readLines(metric, read)) if (text.add(line)) await text.pause();
  }
  for (const line of jobLines(jobNumbers?.families() ?? [], format)) if (text.add(line)) await text.pause();
  if (format === 'openmetrics') text.add('# EOF\n');
  return text.finish();
}

function readLines({ name, labels: names }: Metric, readings: readonly GaugeReading[]): string[] {
  return readings.map(({ labels, value }) => sampleLine(name, labelText(names, labels), value)).sort();
}

/**
 * OpenMetrics has one name for the metrics `x` and `x_total`; if a job reports both, the counter is written
 * without its type.
 */
function* jobLines(
  families: ReturnType<JobNumbers['families']>,
  format: ExpositionFormat,
): Generator<string> {
  const names = new Set(families.map(({ metric }) => metric));
  for (const { metric: name, series } of families) {
    const isTaken = format === 'openmetrics' && names.has(name.replace(/_total$/, ''));
    const type = !isJobCounter(name) ? 'gauge' : isTaken ? 'unknown' : 'counter';
    yield header({ name, type, help: 'Handed in by jobs.' }, format);
    for (const [labels, value] of series) yield sampleLine(name, labels, value);
  }
}

interface Head {
  readonly name: string;
  readonly type: Metric['type'] | 'unknown';
  readonly help: string;
}

function header({ name, type, help }: Head, format: ExpositionFormat): string {
  if (format === 'text') return `# HELP ${name} ${escapeLine(help)}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const unit = /_(seconds|bytes|ratio)$/.exec(family)?.[1];
  const lines = `# HELP ${family} ${escapeQuoted(help)}\n# TYPE ${family} ${type}\n`;
  return unit === undefined ? lines : `${lines}# UNIT ${family} ${unit}\n`;
}

function counterRenderer({ name, scale = 1 }: Metric): (series: Series) => string {
  return ({ labels, cells: [value = 0] }) => sampleLine(name, labels, value / scale);
}

function histogramRenderer(
  metric: Metric,
  format: ExpositionFormat,
  exemplars: Pick<Exemplars, 'textOf'> | null,
): (series: Series) => string {
  const { name, scale = 1 } = metric;
  const bounds = [...boundsOf(metric), Number.POSITIVE_INFINITY];
  const lineEnds = bounds.map((bound) => `le="${boundText(bound, format)}"} `);
  return (series) => {
    const { labels, cells } = series;
    const shown = format === 'text' || series.exemplars === null ? null : exemplars;
    const lineStart = labels === '' ? `${name}_bucket{` : `${name}_bucket{${labels},`;
    let lines = '';
    let count = 0;
    for (let i = 0; i < lineEnds.length; i++) {
      count += cells[i] ?? 0;
      lines += `${lineStart}${lineEnds[i]}${count}`;
      lines += shown === null ? '\n' : `${shown.textOf(series, i)}\n`;
    }
    const sum = (cells[lineEnds.length] ?? 0) / scale;
    return lines + sampleLine(`${name}_sum`, labels, sum) + sampleLine(`${name}_count`, labels, count);
  };
}

/** https://prometheus.io/docs/specs/om/open_metrics_spec/#counter-1 */
function createdRenderer({ name }: Metric): (series: Series) => string {
  const created = `${name.replace(/_total$/, '')}_created`;
  return ({ labels, createdAtMs }) =>
    createdAtMs === null ? '' : sampleLine(created, labels, createdAtMs / 1000);
}

function sampleLine(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${numberText(value)}\n` : `${name}{${labels}} ${numberText(value)}\n`;
}

/** OpenMetrics wants bounds that look like floats; in the older format 1 is written `1`. */
function boundText(bound: number, format: ExpositionFormat): string {
  const text = numberText(bound);
  return format === 'openmetrics' && /^\d+$/.test(text) ? `${text}.0` : text;
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
