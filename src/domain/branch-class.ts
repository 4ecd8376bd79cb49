import { type BranchPattern, matchesBranch, parseBranchPattern } from './branch-pattern.ts';

/** Branches that share a label value. */
export interface BranchGroup {
  readonly name: string;
  readonly patterns: readonly BranchPattern[];
}

/** The classes that need no configuration. */
const RESERVED = ['pull_request', 'default', 'other'];
const NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/i;
const FORM = 'write NAME=PATTERN,PATTERN';

/** What determines the class of a run's branch. */
export interface BranchFacts {
  /** What triggered the run. */
  readonly event: string;
  readonly headBranch: string | null;
  readonly defaultBranch: string | null;
  readonly groups: readonly BranchGroup[];
}

/**
 * The class of a run's branch, few enough for a label: `pull_request` for the events of that name (whose
 * branch names are arbitrary), `default`, the first group with a matching pattern, or `other`.
 */
export function branchClassOf({ event, headBranch, defaultBranch, groups }: BranchFacts): string {
  if (event.startsWith('pull_request')) return 'pull_request';
  if (headBranch === null) return 'other';
  if (headBranch === defaultBranch) return 'default';
  return (
    groups.find(({ patterns }) => patterns.some((each) => matchesBranch(each, headBranch)))?.name ?? 'other'
  );
}

/**
 * Parses groups such as `release=release/*,v*; hotfix=hotfix/**`, separated by semicolons. Each has a name,
 * `=`, and patterns separated by commas, where `*` matches anything except `/` and `**` matches anything. An
 * empty text has no groups. `problem` describes all that is wrong, for the operator.
 */
export function parseBranchGroups(
  text: string,
): { readonly groups: readonly BranchGroup[] } | { readonly problem: string } {
  const groups: BranchGroup[] = [];
  const problems: string[] = [];
  for (const entry of text.split(';').map((each) => each.trim())) {
    if (entry === '') continue;
    const group = parseGroup(entry);
    if (typeof group === 'string') problems.push(`"${entry}" ${group}`);
    else if (groups.some(({ name }) => name === group.name)) problems.push(`"${entry}" repeats a name`);
    else groups.push(group);
  }
  return problems.length > 0 ? { problem: problems.join('; ') } : { groups };
}

/** A group, or what is wrong with it. */
function parseGroup(entry: string): BranchGroup | string {
  const at = entry.indexOf('=');
  if (at < 0) return `has no "=": ${FORM}`;
  const name = entry.slice(0, at).trim();
  if (!NAME.test(name)) return 'needs a name of at most 40 letters, digits, "_", "-" or "." before the "="';
  if (RESERVED.includes(name.toLowerCase()))
    return `has the name of a class that is always there: ${RESERVED.join(', ')}`;
  const texts = entry
    .slice(at + 1)
    .split(',')
    .map((each) => each.trim());
  const patterns = texts.filter((each) => each !== '').map(parseBranchPattern);
  return patterns.length === 0 ? `has no pattern: ${FORM}` : { name, patterns };
}
