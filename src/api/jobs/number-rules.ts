import type { ToldNumber } from '../../domain/job-numbers.ts';
import type { LabelPair } from '../../domain/sample.ts';

/*
 * What a job may hand in. Names as Prometheus has them: https://prometheus.io/docs/concepts/data_model/. A colon is for
 * recording rules and not taken.
 */

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MAX_NAME_LENGTH = 100;
const MAX_LABELS = 10;
const MAX_VALUE_LENGTH = 200;
/** Sums of such numbers stay finite, and whole ones exact. */
const MAX_VALUE = 1e15;

/** Somebody would take them for ours. */
const OUR_PREFIXES = ['github_actions_', 'ant_watcher_', '__'];
/** Who the job is, is known already; and what histograms are made of. */
const OUR_LABELS = ['repository', 'workflow', 'run_id', 'run_attempt', 'job_id', 'le', 'quantile'];

/** What is wrong with a metric's name; null: nothing. */
export function problemOfName(name: string): string | null {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH)
    return `is no metric name (letters, digits and _, up to ${MAX_NAME_LENGTH})`;
  const prefix = OUR_PREFIXES.find((each) => name.startsWith(each));
  if (prefix !== undefined) return `must not begin with ${prefix}`;
  return name.endsWith('_created') ? 'must not end in _created' : null;
}

/** What is wrong with a value of that metric; null: nothing. */
export function problemOfValue(name: string, value: number): string | null {
  if (!Number.isFinite(value) || Math.abs(value) > MAX_VALUE) return 'must be a number from -1e15 to 1e15';
  return name.endsWith('_total') && value < 0 ? 'must not be negative: _total is a counter' : null;
}

/** What is wrong with the labels; null: nothing. */
export function problemOfLabels(labels: readonly LabelPair[]): string | null {
  if (labels.length > MAX_LABELS) return `has more than ${MAX_LABELS} labels`;
  const names = new Set<string>();
  for (const [name, value] of labels) {
    const shown = JSON.stringify(name.slice(0, 50));
    if (!NAME.test(name) || name.startsWith('__') || name.length > MAX_NAME_LENGTH)
      return `has ${shown}, which is no label name`;
    if (OUR_LABELS.includes(name)) return `must not have the label ${name}: ${whyOurs(name)}`;
    if (names.has(name)) return `has the label ${name} twice`;
    if (value.length > MAX_VALUE_LENGTH)
      return `has more than ${MAX_VALUE_LENGTH} characters in the label ${name}`;
    if (!value.isWellFormed()) return `has half a character in the label ${name}`;
    names.add(name);
  }
  return null;
}

function whyOurs(name: string): string {
  return name === 'le' || name === 'quantile'
    ? 'histograms and summaries are not taken'
    : 'who the job is comes from its login';
}

/** The labels as a series has them: by name, and without those that have no value. */
export function orderedLabels(labels: readonly LabelPair[]): LabelPair[] {
  return labels.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
}

/** By what two numbers of one request are of the same series. */
export function seriesOf({ name, labels }: ToldNumber): string {
  return JSON.stringify([name, labels]);
}
