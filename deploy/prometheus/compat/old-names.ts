import type { Metric } from '../../../src/domain/metric.ts';
import { answered, type Matcher, select } from '../promql.ts';
import type { RecordingRule } from '../rule.ts';
import { type OldLabels, renamed } from './renamed.ts';

/** The metrics of another exporter, as far as ours can say the same. */
export interface OldNames {
  /** As in the name of the file. */
  readonly name: string;
  /** For people. */
  readonly exporter: string;
  /** What is said in the file besides the rules: what is not there, and where numbers will differ. */
  readonly notes: readonly string[];
  readonly rules: readonly RecordingRule[];
}

interface Renaming {
  readonly record: string;
  readonly about: string;
  readonly from: Metric;
  readonly labels: OldLabels;
  /** Which series of ours. */
  readonly where?: Readonly<Record<string, Matcher>>;
  /** Labels that are the same for all of these series. */
  readonly fixed?: Readonly<Record<string, string>>;
}

type Part = 'sum' | 'count';

/** A counter or a gauge, or a part of a histogram as a counter. */
export function oldValue(
  { record, about, from, labels, where, fixed }: Renaming,
  part?: Part,
): RecordingRule {
  const expr = renamed(select(from, where, part), labels);
  return { record, about, expr, ...(fixed !== undefined && { labels: fixed }) };
}

/** All three parts of a histogram. Its buckets have our bounds. */
export function oldHistogram({ record, about, from, labels, where, fixed }: Renaming): RecordingRule[] {
  const shared = fixed !== undefined && { labels: fixed };
  return (['bucket', 'sum', 'count'] as const).map((part) => ({
    record: `${record}_${part}`,
    about: part === 'bucket' ? about : '',
    expr: renamed(select(from, where, part), part === 'bucket' ? { ...labels, le: 'le' } : labels),
    ...shared,
  }));
}

/** A gauge without labels of its own that is 0, as it was there, while ant-watcher has no series to sum. */
export function orZero(rule: RecordingRule): RecordingRule {
  return { ...rule, expr: `${rule.expr}\nor 0 * ${answered()}` };
}
