import { METRICS } from './catalogue.ts';
import { labelText, pairsIn } from './label-text.ts';
import type { Metric } from './metric.ts';

/*
 * Which labels an operator wants on which metric. A dropped label gets an empty value, which to Prometheus is
 * the same as no label. Series that then have equal labels become one.
 */

/** By metric. */
export type LabelPolicy = ReadonlyMap<string, LabelChoice>;

/** The labels that a metric keeps, or those that it does not. */
export interface LabelChoice {
  readonly words: ReadonlySet<string>;
  readonly isKept: boolean;
}

/** The value of every label of the series that collects what exceeds a metric's limit. */
export const OTHER_LABEL = '__other__';

const PREFIX = 'github_actions_';
/** Stands for all metrics that are not named. */
const ALL = '*';
/** Without this label, or one of those by repository, the numbers could not be distinguished at all. */
const REPOSITORY = 'repository';
const OURS = METRICS.filter(({ name }) => name.startsWith(PREFIX));
/** All labels that metrics have. */
const KNOWN: ReadonlySet<string> = new Set(OURS.flatMap(({ labels }) => labels));
const LABELS_OF: ReadonlyMap<string, readonly string[]> = new Map(
  METRICS.map(({ name, labels }) => [name, labels]),
);
/** What may be the name of a label by repository (repository-labels.ts). */
const NAME = /^[a-zA-Z_]\w*$/;

/**
 * Parses a policy such as `jobs_total: -job_name, -runs_on; job_queue_seconds: repository, runs_on`. Names
 * with a minus are dropped; names without are the only ones kept. The prefix of the metric may be omitted; `*` is
 * every metric that is not named. Which labels there are by repository is not known here (`policyProblem`).
 */
export function parseLabelPolicy(text: string): { policy: LabelPolicy } | { problem: string } {
  const policy = new Map<string, LabelChoice>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const [name = '', list = ''] = part.split(':').map((each) => each.trim());
    const metric =
      name === ALL ? ALL : OURS.find((each) => each.name === name || each.name === PREFIX + name);
    if (metric === undefined) return { problem: `there is no metric "${name}"` };
    const key = metric === ALL ? ALL : metric.name;
    if (policy.has(key)) return { problem: `${key} is named twice: put its labels together` };
    const choice = choiceOf(
      metric,
      list.split(',').map((each) => each.trim()),
    );
    if (typeof choice === 'string') return { problem: choice };
    policy.set(key, choice);
  }
  return { policy: withoutAll(policy) };
}

function choiceOf(metric: Metric | typeof ALL, words: readonly string[]): LabelChoice | string {
  const denied = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1).trim());
  const allowed = words.filter((word) => !word.startsWith('-'));
  const name = metric === ALL ? ALL : metric.name;
  if (denied.length > 0 && allowed.length > 0)
    return `${name}: either labels to keep, or labels to leave out with a minus`;
  const labels = metric === ALL ? [...KNOWN] : metric.labels;
  const unknown = words.map((word) => word.replace(/^-\s*/, '')).find((word) => !mayHave(labels, word));
  if (unknown !== undefined) return `${name} has no label "${unknown}", only ${labels.join(', ')}`;
  const isKept = allowed.length > 0;
  return { words: new Set(isKept ? allowed : denied), isKept };
}

function mayHave(labels: readonly string[], word: string): boolean {
  return labels.includes(word) || (NAME.test(word) && !KNOWN.has(word));
}

/** The same, with each metric by its name. */
function withoutAll(policy: ReadonlyMap<string, LabelChoice>): LabelPolicy {
  const all = policy.get(ALL);
  if (all === undefined) return policy;
  return new Map(OURS.map(({ name }) => [name, policy.get(name) ?? all]));
}

/** What is wrong with a policy where repositories have these labels; null: nothing. */
export function policyProblem(policy: LabelPolicy, ofRepositories: readonly string[]): string | null {
  for (const [metric, choice] of policy) {
    const labels = LABELS_OF.get(metric) ?? [];
    const unknown = [...choice.words].find((word) => !KNOWN.has(word) && !ofRepositories.includes(word));
    const shown = [...labels, ...ofRepositories].join(', ');
    if (unknown !== undefined) return `${metric} has no label "${unknown}", only ${shown}`;
    if (!labels.includes(REPOSITORY) || !isDropped(choice, REPOSITORY)) continue;
    if (ofRepositories.every((label) => isDropped(choice, label)))
      return `${metric} must keep the label ${REPOSITORY}, or one of metrics.repository_labels`;
  }
  return null;
}

function isDropped({ words, isKept }: LabelChoice, label: string): boolean {
  return words.has(label) !== isKept;
}

/** The label values, with those that the policy drops made empty. */
export function reduceLabels(
  policy: LabelPolicy,
  metric: string,
  values: readonly string[],
): readonly string[] {
  const choice = policy.get(metric);
  if (choice === undefined) return values;
  const labels = LABELS_OF.get(metric) ?? [];
  return values.map((value, index) => {
    const label = labels[index];
    if (label === undefined) return reducedText(choice, value);
    return isDropped(choice, label) ? '' : value;
  });
}

/** Of the labels that the series alone has. */
function reducedText(choice: LabelChoice, text: string): string {
  const kept = (pairsIn(text) ?? []).filter(([label]) => !isDropped(choice, label));
  return labelText(
    kept.map(([label]) => label),
    kept.map(([, value]) => value),
  );
}

/** The label values of the series that collects what exceeds the limit; dropped labels stay empty. */
export function otherLabels(labels: readonly string[], values: readonly string[]): readonly string[] {
  return values.map((value, index) => {
    if (value === '') return '';
    if (index < labels.length) return OTHER_LABEL;
    const own = (pairsIn(value) ?? []).map(([label]) => label);
    return labelText(
      own,
      own.map(() => OTHER_LABEL),
    );
  });
}
