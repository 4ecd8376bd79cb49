import { type Attributes, attributesJson, nanosOf, writeAttributes } from './attributes.ts';
import { MessageWriter } from './message-writer.ts';
import type { OtlpEncoding } from './trace-data.ts';

/*
 * Metrics as OTLP sends them, with the fields that are used:
 *   ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1 }
 *   ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; schema_url = 3 }
 *   ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; schema_url = 3 }
 *   Metric { name = 1; description = 2; unit = 3; oneof data { Sum sum = 7; Histogram histogram = 9 } }
 *   Sum { repeated NumberDataPoint data_points = 1; aggregation_temporality = 2; bool is_monotonic = 3 }
 *   NumberDataPoint { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; sfixed64 as_int = 6;
 *     repeated KeyValue attributes = 7 }
 *   Histogram { repeated HistogramDataPoint data_points = 1; aggregation_temporality = 2 }
 *   HistogramDataPoint { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
 *     double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
 *     repeated KeyValue attributes = 9 }
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */

export interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  /** As UCUM writes it: `s`, `{run}`. */
  readonly unit: string;
  /** A counter only grows; an up-down counter is what there is at the moment. Both are whole numbers. */
  readonly type: 'counter' | 'up_down_counter' | 'histogram';
}

/** The value of one set of attributes. */
export interface OtlpPoint {
  readonly attributes: Attributes;
  /** Since when it has counted; null: unknown. */
  readonly startMs: number | null;
  readonly atMs: number;
  readonly value: number | OtlpHistogram;
}

export interface OtlpHistogram {
  /** Ascending. A value that equals one is within it. */
  readonly upperBounds: readonly number[];
  /** Not cumulative; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export interface MetricPoints {
  readonly metric: OtlpMetric;
  readonly points: readonly OtlpPoint[];
}

export interface ResourceMetrics {
  readonly resource: Attributes;
  /** Of the semantic conventions that the names are taken from. */
  readonly schemaUrl: string;
  /**
   * Who says it. Without its version: to backends that show it as a label, an upgrade would begin every series anew, at
   * its full value.
   */
  readonly scopeName: string;
  readonly metrics: readonly MetricPoints[];
}

/** `AGGREGATION_TEMPORALITY_CUMULATIVE`. */
const CUMULATIVE = 2;

/** The body of a request to `/v1/metrics`. */
export function encodeMetrics(data: readonly ResourceMetrics[], encoding: OtlpEncoding): Uint8Array {
  if (encoding === 'json')
    return Buffer.from(JSON.stringify({ resourceMetrics: data.map(jsonResourceMetrics) }));
  const writer = new MessageWriter();
  for (const each of data) writer.message(1, () => writeResourceMetrics(writer, each));
  return writer.bytes;
}

function writeResourceMetrics(
  writer: MessageWriter,
  { resource, schemaUrl, scopeName, metrics }: ResourceMetrics,
): void {
  writer.message(1, () => writeAttributes(writer, 1, resource));
  writer.message(2, () => {
    writer.message(1, () => writer.text(1, scopeName));
    for (const each of metrics) writer.message(2, () => writeMetric(writer, each));
    writer.text(3, schemaUrl);
  });
  writer.text(3, schemaUrl);
}

function writeMetric(writer: MessageWriter, { metric, points }: MetricPoints): void {
  const { name, description, unit, type } = metric;
  writer.text(1, name);
  writer.text(2, description);
  writer.text(3, unit);
  writer.message(type === 'histogram' ? 9 : 7, () => {
    for (const point of points) writer.message(1, () => writePoint(writer, point));
    writer.number(2, CUMULATIVE);
    if (type === 'counter') writer.number(3, 1);
  });
}

function writePoint(writer: MessageWriter, { attributes, startMs, atMs, value }: OtlpPoint): void {
  if (startMs !== null) writer.fixed(2, nanosOf(startMs));
  writer.fixed(3, nanosOf(atMs));
  if (typeof value === 'number') {
    writer.fixed(6, BigInt.asUintN(64, BigInt(value)));
    writeAttributes(writer, 7, attributes);
    return;
  }
  writer.fixed(4, BigInt(countOf(value)));
  writer.double(5, value.sum);
  writer.fixeds(6, value.counts);
  writer.doubles(7, value.upperBounds);
  writeAttributes(writer, 9, attributes);
}

function countOf({ counts }: OtlpHistogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function jsonResourceMetrics({ resource, schemaUrl, scopeName, metrics }: ResourceMetrics): object {
  return {
    resource: { attributes: attributesJson(resource) },
    scopeMetrics: [{ scope: { name: scopeName }, metrics: metrics.map(jsonMetric), schemaUrl }],
    schemaUrl,
  };
}

function jsonMetric({ metric, points }: MetricPoints): object {
  const { name, description, unit, type } = metric;
  const data = { dataPoints: points.map(jsonPoint), aggregationTemporality: CUMULATIVE };
  const kind =
    type === 'histogram'
      ? { histogram: data }
      : { sum: { ...data, ...(type === 'counter' && { isMonotonic: true }) } };
  return { name, description, unit, ...kind };
}

/** 64-bit numbers are texts. */
function jsonPoint({ attributes, startMs, atMs, value }: OtlpPoint): object {
  return {
    attributes: attributesJson(attributes),
    ...(startMs !== null && { startTimeUnixNano: String(nanosOf(startMs)) }),
    timeUnixNano: String(nanosOf(atMs)),
    ...(typeof value === 'number' ? { asInt: String(value) } : jsonHistogram(value)),
  };
}

function jsonHistogram(value: OtlpHistogram): object {
  return {
    count: String(countOf(value)),
    sum: value.sum,
    bucketCounts: value.counts.map(String),
    explicitBounds: value.upperBounds,
  };
}
