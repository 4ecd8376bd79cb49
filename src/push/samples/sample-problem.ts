import type { LabelPair, Sample } from '../../domain/sample.ts';

/*
 * Receivers silently drop a sample that breaks these rules, VictoriaMetrics even while answering 204, so it
 * must be found before it is sent.
 */

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * VictoriaMetrics' limits: 256 bytes of name, 4 KiB of value (`-maxLabelValueLen`), 40 labels (30 in releases
 * before 2025).
 */
const MAX_NAME_BYTES = 256;
const MAX_VALUE_BYTES = 4096;
const MAX_LABELS = 30;

/** VictoriaMetrics reads a smaller time as one in seconds. */
const FIRST_MS = 2 ** 31;

/**
 * What is wrong with the sample, without any of its values, or null. Does not check whether its time is
 * within a receiver's retention, nor count extra labels.
 */
export function sampleProblem(sample: Sample): string | null {
  return seriesProblem(sample.metric, sample.labels) ?? pointProblem(sample);
}

/** As `sampleProblem`, of what differs between the samples of a series. */
export function pointProblem({ value, atMs }: Pick<Sample, 'value' | 'atMs'>): string | null {
  if (!Number.isFinite(value)) return 'its value is not a finite number';
  if (!Number.isSafeInteger(atMs) || atMs < FIRST_MS)
    return 'its time is not in milliseconds since the epoch';
  return null;
}

/** As `sampleProblem`, of what its samples have in common. */
export function seriesProblem(metric: string, labels: readonly LabelPair[]): string | null {
  if (!METRIC_NAME.test(metric) || metric.length > MAX_NAME_BYTES) return 'its metric name is invalid';
  if (labels.length > MAX_LABELS) return `it has more than ${MAX_LABELS} labels`;
  const names = new Set<string>();
  for (const [name, value] of labels) {
    if (!isLabelName(name)) return 'a label name is invalid';
    if (names.has(name)) return `it has the label ${name} twice`;
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
      return `the label ${name} has more than ${MAX_VALUE_BYTES} bytes`;
    }
    names.add(name);
  }
  return null;
}

/**
 * Names that start with two underscores are for internal use:
 * https://prometheus.io/docs/concepts/data_model/.
 */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name) && !name.startsWith('__') && name.length <= MAX_NAME_BYTES;
}
