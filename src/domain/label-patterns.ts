import { type BranchPattern, matchesBranch, parseBranchPattern } from './branch-pattern.ts';

/*
 * Names of a site's own that are new for each run, where nothing but its people knows it. A value that a pattern fits becomes the
 * pattern, so that one series is left: with `runs_on=vm-*` the label `vm-k3x9f` is `vm-*`.
 */

/** The patterns of each label. */
export type LabelPatterns = ReadonlyMap<string, readonly LabelPattern[]>;

interface LabelPattern {
  readonly text: string;
  readonly pattern: BranchPattern;
}

const FORM = 'write LABEL=PATTERN,PATTERN';
/** The parts of its value are the labels that a job asked for, and are looked at one by one. */
const RUNS_ON = 'runs_on';
/** Labels whose values people make up. */
const LABELS = ['repository', 'workflow', 'job_name', 'runs_on', 'runner_group', 'step'];

/**
 * The patterns of a text such as `runs_on=vm-*; job_name=Preview of *, Deploy **`: apart by semicolons, each
 * a label, `=`, and patterns apart by commas, where `*` stands for anything but `/` and `**` for anything.
 * `problem` tells all that is wrong.
 */
export function parseLabelPatterns(
  text: string,
): { readonly patterns: LabelPatterns } | { readonly problem: string } {
  const patterns = new Map<string, readonly LabelPattern[]>();
  const problems: string[] = [];
  for (const entry of text.split(';').map((each) => each.trim())) {
    if (entry === '') continue;
    const at = entry.indexOf('=');
    const label = entry.slice(0, Math.max(0, at)).trim();
    const texts = entry
      .slice(at + 1)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const problem = patterns.has(label) ? 'repeats a label' : problemOf(label, texts);
    if (problem === null) patterns.set(label, texts.map(patternOf));
    else problems.push(`"${entry}" ${problem}`);
  }
  return problems.length > 0 ? { problem: problems.join('; ') } : { patterns };
}

function patternOf(text: string): LabelPattern {
  return { text, pattern: parseBranchPattern(text) };
}

function problemOf(label: string, texts: readonly string[]): string | null {
  if (!LABELS.includes(label)) return `must begin with one of ${LABELS.join(', ')}: ${FORM}`;
  if (texts.length === 0) return `has no pattern: ${FORM}`;
  const plain = texts.find((each) => !each.includes('*'));
  return plain === undefined ? null : `has the pattern "${plain}" without a "*", which would change nothing`;
}

/** The values with those that a pattern fits replaced by it. Doing it again changes nothing. */
export function foldedLabels(
  patterns: LabelPatterns | undefined,
  labels: readonly string[],
  values: readonly string[],
): readonly string[] {
  if (patterns === undefined || patterns.size === 0) return values;
  const folded = values.map((value, index) => {
    const label = labels[index] ?? '';
    const own = patterns.get(label);
    if (own === undefined) return value;
    return label === RUNS_ON
      ? value
          .split(',')
          .map((each) => foldedBy(own, each))
          .join(',')
      : foldedBy(own, value);
  });
  return folded.every((value, index) => value === values[index]) ? values : folded;
}

function foldedBy(patterns: readonly LabelPattern[], value: string): string {
  // What is folded stays as it is, though a wider pattern may stand before its own.
  if (patterns.some(({ text }) => text === value)) return value;
  return patterns.find(({ pattern }) => matchesBranch(pattern, value))?.text ?? value;
}
