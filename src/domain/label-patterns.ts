import { type BranchPattern, matchesBranch, parseBranchPattern } from './branch-pattern.ts';

/*
 * Names that are new in each run, in a way that only the site itself knows. A value that matches a pattern is
 * replaced by it, so that one series remains: with `runs_on=vm-*` the label `vm-k3x9f` becomes `vm-*`.
 */

/** The patterns of each label. */
export type LabelPatterns = ReadonlyMap<string, readonly LabelPattern[]>;

interface LabelPattern {
  readonly text: string;
  readonly pattern: BranchPattern;
}

const FORM = 'write LABEL=PATTERN,PATTERN';
/** The parts of its value are the labels that a job asked for. They are matched one by one. */
const RUNS_ON = 'runs_on';
/** Labels whose values people choose. */
const LABELS = ['repository', 'workflow', 'job_name', 'runs_on', 'runner_group', 'step', 'environment'];

/**
 * Parses patterns such as `runs_on=vm-*; job_name=Preview of *, Deploy **`, separated by semicolons. Each has
 * a label, `=`, and patterns separated by commas, where `*` matches anything except `/` and `**` matches
 * anything. `problem` describes all that is wrong.
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

/** The values, with those that match a pattern replaced by it. Applying it twice changes nothing more. */
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
  // A replaced value stays as it is, even if a wider pattern comes before its own.
  if (patterns.some(({ text }) => text === value)) return value;
  return patterns.find(({ pattern }) => matchesBranch(pattern, value))?.text ?? value;
}
