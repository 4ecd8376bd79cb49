import type { ExpositionFormat } from '../domain/contracts.ts';
import { isJobCounter } from '../domain/job-numbers.ts';
import { escapeLine, escapeQuoted, labelText } from '../domain/label-text.ts';
import { boundsOf, type GaugeReading, type Metric } from '../domain/metric.ts';
import type { Exemplars } from './exemplars.ts';
import { type ExpositionText, PlainText, type WriteSeries } from './exposition-text.ts';
import type { JobNumbers } from './job-numbers.ts';
import { type PackedBlocks, PackedText } from './packed-exposition.ts';
import type { Registry } from './registry.ts';
import type { TextBytes } from './text-bytes.ts';

/** The longest that rendering blocks the event loop. */
const SLICE_MS = 2;

export interface ExpositionSource {
  readonly registry: Pick<Registry, 'metrics' | 'blocksOf' | 'textLength'>;
  /** Values in exposed units; metrics that the registry's catalogue lacks are left out. */
  readonly readings: readonly GaugeReading[];
  readonly format: ExpositionFormat;
  /** Whether OpenMetrics gets a `_created` line for each counter and histogram. */
  readonly createdTimestamps?: boolean;
  /** Shown in OpenMetrics, if any. */
  readonly exemplars?: Exemplars | null;
  /** The numbers that jobs reported, if any. */
  readonly jobNumbers?: Pick<JobNumbers, 'families'>;
  /** Where what is compressed is kept: then the exposition is in gzip. */
  readonly packed?: PackedBlocks | undefined;
}

/**
 * All metrics that have series, in the order of the catalogue and of their label text: equal values give
 * equal bytes. Lets other work run every few milliseconds, but reads each series at once, so a histogram is
 * consistent in itself. The bytes have their own buffer, which may be transferred.
 */
export async function renderExposition(source: ExpositionSource): Promise<Uint8Array<ArrayBuffer>> {
  const { registry, readings, format, createdTimestamps = false, exemplars = null, jobNumbers } = source;
  const readingsByMetric = Map.groupBy(readings, (reading) => reading.metric);
  const text = textFor(source);
  const addLines = async (lines: Iterable<string>) => {
    for (const line of lines) {
      text.bytes.text(line);
      if (text.isOver) await text.pause();
    }
  };
  for (const metric of registry.metrics) {
    if (metric.type === 'sample') continue;
    const blocks = registry.blocksOf(metric);
    const read = readingsByMetric.get(metric.name) ?? [];
    if (blocks.every(({ series }) => series.length === 0) && read.length === 0) continue;
    text.bytes.text(header(metric, format));
    const write = seriesWriter(metric, { format, createdTimestamps, exemplars });
    for (const block of blocks) {
      text.addBlock(block, write);
      if (text.isOver) await text.pause();
    }
    await addLines(readLines(metric, read));
  }
  await addLines(jobLines(jobNumbers?.families() ?? [], format));
  if (format === 'openmetrics') text.bytes.text('# EOF\n');
  return text.finish();
}

function textFor(source: ExpositionSource): ExpositionText {
  const { registry, readings, format, createdTimestamps = false, exemplars = null, packed } = source;
  if (packed === undefined)
    return new PlainText(
      SLICE_MS,
      registry.textLength() + 256 * (readings.length + 2 * registry.metrics.length),
    );
  const shown = format === 'text' ? null : exemplars;
  const form = `${format} ${createdTimestamps} ${shown !== null}`;
  return new PackedText(SLICE_MS, packed.of(form), shown);
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

type Shown = Required<Pick<ExpositionSource, 'format' | 'createdTimestamps' | 'exemplars'>>;

function seriesWriter(metric: Metric, shown: Shown): WriteSeries {
  const write = metric.type === 'histogram' ? histogramWriter(metric, shown) : counterWriter(metric);
  if (shown.format !== 'openmetrics' || !shown.createdTimestamps) return write;
  const writeCreated = createdWriter(metric);
  return (bytes, series) => {
    write(bytes, series);
    writeCreated(bytes, series);
  };
}

function counterWriter({ name, scale = 1 }: Metric): WriteSeries {
  return (bytes, { labels, cells: [value = 0] }) => writeSample(bytes, name, labels, value / scale);
}

function histogramWriter(metric: Metric, { format, exemplars }: Shown): WriteSeries {
  const { name, scale = 1 } = metric;
  const bounds = [...boundsOf(metric), Number.POSITIVE_INFINITY];
  const lineEnds = bounds.map((bound) => Buffer.from(`le="${boundText(bound, format)}"} `));
  return (bytes, series) => {
    const { labels, cells } = series;
    const shown = format === 'text' || series.exemplars === null ? null : exemplars;
    const start = bytes.length;
    bytes.text(labels === '' ? `${name}_bucket{` : `${name}_bucket{${labels},`);
    const end = bytes.length;
    let count = 0;
    for (let i = 0; i < lineEnds.length; i++) {
      if (i > 0) bytes.again(start, end);
      count += cells[i] ?? 0;
      bytes.bytes(lineEnds[i] as Uint8Array);
      bytes.number(count);
      if (shown !== null) bytes.text(shown.textOf(series, i));
      bytes.endLine();
    }
    writeSample(bytes, `${name}_sum`, labels, (cells[lineEnds.length] ?? 0) / scale);
    writeSample(bytes, `${name}_count`, labels, count);
  };
}

/** https://prometheus.io/docs/specs/om/open_metrics_spec/#counter-1 */
function createdWriter({ name }: Metric): WriteSeries {
  const created = `${name.replace(/_total$/, '')}_created`;
  return (bytes, { labels, createdAtMs }) => {
    if (createdAtMs !== null) writeSample(bytes, created, labels, createdAtMs / 1000);
  };
}

function writeSample(bytes: TextBytes, name: string, labels: string, value: number): void {
  bytes.text(labels === '' ? `${name} ` : `${name}{${labels}} `);
  if (Number.isFinite(value)) bytes.number(value);
  else bytes.text(numberText(value));
  bytes.endLine();
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
