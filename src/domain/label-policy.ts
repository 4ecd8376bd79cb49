import { METRICS } from './catalogue.ts';
import type { Metric } from './metric.ts';

/*
 * Which labels an operator wants on which metric. A dropped label gets an empty value, which to Prometheus is
 * the same as no label. Series that then have equal labels become one.
 */

/** The positions of the dropped labels, by metric. */
export type LabelPolicy = ReadonlyMap<string, ReadonlySet<number>>;

/** The value of every label of the series that collects what exceeds a metric's limit. */
export const OTHER_LABEL = '__other__';

const PREFIX = 'github_actions_';
/** Without this label, the numbers of different repositories could not be distinguished at all. */
const FIXED_LABEL = 'repository';

/**
 * Parses a policy such as `jobs_total: -job_name, -runs_on; job_queue_seconds: repository, runs_on`. Names
 * with a minus are dropped; names without are the only ones kept. The prefix of the metric may be omitted.
 */
export function parseLabelPolicy(text: string): { policy: LabelPolicy } | { problem: string } {
  const policy = new Map<string, Set<number>>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const [name = '', list = ''] = part.split(':').map((each) => each.trim());
    const metric = METRICS.find((each) => each.name === name || each.name === PREFIX + name);
    if (metric === undefined || !metric.name.startsWith(PREFIX))
      return { problem: `there is no metric "${name}"` };
    if (policy.has(metric.name)) return { problem: `${metric.name} is there twice, put its labels together` };
    const dropped = droppedLabels(
      metric,
      list.split(',').map((each) => each.trim()),
    );
    if (typeof dropped === 'string') return { problem: dropped };
    policy.set(metric.name, dropped);
  }
  return { policy };
}

function droppedLabels({ name, labels }: Metric, words: readonly string[]): Set<number> | string {
  const denied = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1).trim());
  const allowed = words.filter((word) => !word.startsWith('-'));
  if (denied.length > 0 && allowed.length > 0)
    return `${name}: either labels to keep, or labels to leave out with a minus`;
  const unknown = [...denied, ...allowed].find((label) => !labels.includes(label));
  if (unknown !== undefined) return `${name} has no label "${unknown}", only ${labels.join(', ')}`;
  const isDropped = (label: string) =>
    denied.length > 0 ? denied.includes(label) : !allowed.includes(label);
  if (labels.includes(FIXED_LABEL) && isDropped(FIXED_LABEL))
    return `${name} must keep the label ${FIXED_LABEL}`;
  return new Set(labels.flatMap((label, index) => (isDropped(label) ? [index] : [])));
}

/** The label values, with those that the policy drops made empty. */
export function reduceLabels(
  policy: LabelPolicy,
  metric: string,
  values: readonly string[],
): readonly string[] {
  const dropped = policy.get(metric);
  return dropped === undefined ? values : values.map((value, index) => (dropped.has(index) ? '' : value));
}
