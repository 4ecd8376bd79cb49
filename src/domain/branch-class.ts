import { type BranchPattern, matchesBranch, parseBranchPattern } from './branch-pattern.ts';

/** Branches that share a label value. */
export interface BranchGroup {
  readonly name: string;
  readonly patterns: readonly BranchPattern[];
}

/** The classes that need no configuration. */
const RESERVED = ['pull_request', 'merge_queue', 'default', 'other'];
/** Those that may be followed by `:` and the class of the branch to merge into. */
const SPLIT_BY_BASE: ReadonlySet<string> = new Set(['pull_request', 'merge_queue']);
/** The branches that GitHub makes for a merge queue contain the branch to merge into, which may contain slashes. */
const QUEUE = /^gh-readonly-queue\/(.+)\/[^/]+$/;
const NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/i;
const FORM = 'write NAME=PATTERN,PATTERN';

/** What determines the class of a run's branch. */
export interface BranchFacts {
  /** What triggered the run. */
  readonly event: string;
  readonly headBranch: string | null;
  readonly defaultBranch: string | null;
  readonly groups: readonly BranchGroup[];
  /** Of a run of a pull request, the branch to merge into, where bases are asked for; null if nobody can tell. */
  readonly pullRequestBase?: string | null;
  /** Whether the classes of pull requests and merge queues are split by the branch to merge into. */
  readonly hasBases?: boolean;
}

/**
 * The class of a run's branch, few enough for a label: `pull_request` for the events of that name (whose
 * branch names are arbitrary), `merge_queue` for those of a merge queue, `default`, the first group with a matching
 * pattern, or `other`. With bases, the first two become `pull_request:default` and so on, where the base is known.
 */
export function branchClassOf(facts: BranchFacts): string {
  const { event, headBranch, pullRequestBase = null } = facts;
  if (event.startsWith('pull_request')) return withBase('pull_request', pullRequestBase, facts);
  const queue = headBranch === null ? null : QUEUE.exec(headBranch);
  if (event === 'merge_group' || queue !== null) return withBase('merge_queue', queue?.[1] ?? null, facts);
  return headBranch === null ? 'other' : classOf(headBranch, facts);
}

function withBase(name: string, base: string | null, facts: BranchFacts): string {
  return facts.hasBases && base !== null ? `${name}:${classOf(base, facts)}` : name;
}

function classOf(branch: string, { defaultBranch, groups }: BranchFacts): string {
  if (branch === defaultBranch) return 'default';
  return groups.find(({ patterns }) => patterns.some((each) => matchesBranch(each, branch)))?.name ?? 'other';
}

/** Whether it can be the class of a branch, where the operator has groups of these names. */
export function isBranchClass(text: string, groups: readonly string[]): boolean {
  const [name = '', base, ...more] = text.split(':');
  const isKnown = (each: string) => RESERVED.includes(each) || groups.includes(each);
  if (base === undefined) return isKnown(name);
  return SPLIT_BY_BASE.has(name) && more.length === 0 && !SPLIT_BY_BASE.has(base) && isKnown(base);
}

/** All classes without a base, where the operator has groups of these names. */
export function branchClasses(groups: readonly string[]): readonly string[] {
  return [...RESERVED, ...groups];
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
