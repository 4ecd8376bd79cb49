import { pairsIn } from '../domain/label-text.ts';
import type { Metric } from '../domain/metric.ts';
import type { Attributes } from '../otlp/attributes.ts';
import type { OtlpHistogram, OtlpPoint } from '../otlp/metric-data.ts';
import { resultOf } from '../traces/result.ts';
import type { OtlpSeries } from './families.ts';
import { attributeNamed, isOfResource } from './names.ts';

/** What the series of one metric become. */
export interface SeriesReader {
  /** What a series is of: `owner/name`, or an owner of runners; empty if the labels that say it are dropped. */
  readonly resourceKey: (series: OtlpSeries) => string;
  /** The series as it is now, in the exposed unit. */
  readonly pointOf: (series: OtlpSeries, atMs: number) => OtlpPoint;
}

export function seriesReader(metric: Metric): SeriesReader {
  const { labels, type } = metric;
  const keyIndexes = [...labels.keys()].filter((index) => isOfResource(labels[index] ?? ''));
  const attributesOf = attributesReader(labels);
  const readValue =
    type === 'histogram' ? histogramReader(metric) : (cells: readonly number[]) => cells[0] ?? 0;
  return {
    resourceKey: ({ values }) => keyIndexes.reduce((key, index) => joined(key, values[index] ?? ''), ''),
    pointOf: ({ values, cells, createdAtMs }, atMs) => ({
      attributes: attributesOf(values),
      // A clock may have been corrected since.
      startMs: createdAtMs === null ? null : Math.min(createdAtMs, atMs),
      atMs,
      value: readValue(cells),
    }),
  };
}

function joined(key: string, value: string): string {
  return key === '' || value === '' ? key + value : `${key}/${value}`;
}

/** A value more than there are labels has others, by repository (domain/repository-labels.ts): they keep their names. */
function attributesReader(labels: readonly string[]): (values: readonly string[]) => Attributes {
  const named = [...labels.entries()]
    .filter(([, label]) => !isOfResource(label))
    .map(([index, label]) => ({ index, name: attributeNamed(label), isResult: label === 'conclusion' }));
  return (values) => {
    const attributes: (readonly [string, string])[] = [];
    for (const { index, name, isResult } of named) {
      const value = values[index] ?? '';
      if (value !== '') attributes.push([name, isResult ? (resultOf(value).result ?? value) : value]);
    }
    const own = values[labels.length];
    if (own !== undefined) attributes.push(...(pairsIn(own) ?? []));
    return attributes;
  };
}

function histogramReader({ buckets = [], scale = 1 }: Metric): (cells: readonly number[]) => OtlpHistogram {
  const upperBounds = buckets.map((bound) => bound / scale);
  const sumAt = buckets.length + 1;
  return (cells) => ({ upperBounds, counts: cells.slice(0, sumAt), sum: (cells[sumAt] ?? 0) / scale });
}
