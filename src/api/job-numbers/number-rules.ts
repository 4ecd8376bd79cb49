import type { ReportedNumber } from '../../domain/job-numbers.ts';
import type { LabelPair } from '../../domain/sample.ts';

/*
 * What a job may push. Names are as in Prometheus: https://prometheus.io/docs/concepts/data_model/. Colons
 * are for recording rules and not accepted.
 */

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MAX_NAME_LENGTH = 100;
const MAX_LABELS = 10;
const MAX_VALUE_LENGTH = 200;
/** Keeps sums of such numbers finite, and integers exact. */
const MAX_VALUE = 1e15;

/** Such a metric would look like one of ours. */
const OUR_PREFIXES = ['github_actions_', 'ant_watcher_', '__'];
/** The job's identity is known already; and the labels that histograms and summaries are made of. */
const OUR_LABELS = ['repository', 'workflow', 'run_id', 'run_attempt', 'job_id', 'le', 'quantile'];

/** What is wrong with the name of a metric, or null. */
function nameProblem(name: string): string | null {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH)
    return `is no metric name (letters, digits and _, up to ${MAX_NAME_LENGTH})`;
  const prefix = OUR_PREFIXES.find((each) => name.startsWith(each));
  if (prefix !== undefined) return `must not begin with ${prefix}`;
  return name.endsWith('_created') ? 'must not end in _created' : null;
}

/** What is wrong with a value of that metric, or null. */
export function valueProblem(name: string, value: number): string | null {
  if (!Number.isFinite(value) || Math.abs(value) > MAX_VALUE) return 'must be a number from -1e15 to 1e15';
  return name.endsWith('_total') && value < 0 ? 'must not be negative: _total is a counter' : null;
}

/** What is wrong with the labels, or null. */
export function labelsProblem(labels: readonly LabelPair[]): string | null {
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

/** The labels as a series has them: sorted by name, and without empty ones. */
function orderedLabels(labels: readonly LabelPair[]): LabelPair[] {
  return labels.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Equal for two numbers of the same series. */
export function seriesOf({ name, labels }: ReportedNumber): string {
  return JSON.stringify([name, labels]);
}

/** The numbers of a body; or, if there are any, the first problems, each with its position. */
export type ParsedNumbers =
  | { readonly numbers: readonly ReportedNumber[] }
  | { readonly problems: readonly string[] };

/** A number at its position in a body. */
export interface NumberAt extends ReportedNumber {
  /** For people: a line, or a path. */
  readonly where: string;
}

/** Enough to see what is wrong. */
export const MAX_PROBLEMS = 5;

/** Collects the numbers of a body, and its problems. */
export function openNumberList(maxNumbers: number) {
  const numbers: ReportedNumber[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();

  function reject(where: string, problem: string): void {
    problems.push(`${where} ${problem}`);
  }

  function add({ where, name, labels, value }: NumberAt): void {
    const problem = nameProblem(name) ?? labelsProblem(labels) ?? valueProblem(name, value);
    const number = { name, labels: orderedLabels(labels), value };
    const series = seriesOf(number);
    if (problem !== null) reject(where, problem);
    else if (seen.has(series)) reject(where, 'repeats a series');
    else if (numbers.length >= maxNumbers)
      reject(where, `is one too many: at most ${maxNumbers} are taken at once`);
    else numbers.push(number);
    seen.add(series);
  }

  return {
    add,
    reject,
    /** Nothing more needs to be read. */
    get isFull() {
      return problems.length >= MAX_PROBLEMS;
    },
    found(): ParsedNumbers {
      if (numbers.length === 0 && problems.length === 0) return { problems: ['the body has no number'] };
      return problems.length > 0 ? { problems } : { numbers };
    },
  };
}
