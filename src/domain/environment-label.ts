import { withoutIds } from './own-ids.ts';

/*
 * Environments as label values. People name environments, and make one for each pull request or branch to
 * preview it: `pr-123`, `preview/feature-x`. Each would be a series of its own for a few days. So what is made
 * for one pull request, branch, commit or run becomes `*`: `pr-*`, `preview/*`. It depends on one payload alone,
 * so that order does not matter. What only the site itself knows can be folded by its own patterns
 * (label-patterns.ts), and the limit of series holds for the rest.
 */

export interface EnvironmentWords {
  readonly environment: string;
  /** The branch, tag or commit that is deployed. */
  readonly ref: string | null;
  readonly headSha: string | null;
  readonly runId: number | null;
  readonly jobId: number | null;
  readonly defaultBranch: string | null;
  /** Whoever made the deployment says that the environment will be gone again. */
  readonly isTransient: boolean;
}

/** Numbers behind words such as these are those of pull requests and runs. `eu-west-1` and `v2` stay. */
const NUMBERED =
  /(?<![a-z0-9])((?:prs?|mrs?|pull|(?:pull|merge)[-_ ]?requests?|previews?|reviews?|review[-_ ]?apps?|issues?|builds?|runs?|branch)[-_/ .:]*#?|#)\d+(?:\.\d+)*(?![a-z0-9])/gi;
/** An environment that is named like this has the branch in its name because it is made for it. */
const MADE_FOR_BRANCH = /preview|review|branch|feature|ephemeral|temporary/i;
/** Shorter beginnings of the name of a branch may be something else. */
const SHORTEST_CUT = 8;

/** The environment without what was made for one run, pull request or branch. */
export function environmentLabel(words: EnvironmentWords): string {
  const { runId, jobId, headSha } = words;
  return withoutIds(withoutBranch(words).replace(NUMBERED, '$1*'), { runId, jobId, headSha });
}

/** Without the branch, as it is spelled or as it is spelled in host names, where it may be cut. */
function withoutBranch({ environment, ref, defaultBranch, isTransient }: EnvironmentWords): string {
  const branch = ref?.replace(/^refs\/(?:heads|tags)\//, '') ?? '';
  if (branch.length < 2 || branch === defaultBranch) return environment;
  const isMadeForIt = isTransient || branch.includes('/');
  if (!isMadeForIt && !MADE_FOR_BRANCH.test(environment)) return environment;
  const [whole, part] = [inHostName(environment), inHostName(branch)];
  if (whole === part) return isMadeForIt ? '*' : environment;
  const at = placeOf(part, whole);
  if (at !== null) return `${environment.slice(0, at)}*${environment.slice(at + part.length)}`;
  const cut = whole.lastIndexOf(part.slice(0, SHORTEST_CUT));
  const isCut =
    part.length > SHORTEST_CUT && cut > 0 && whole[cut - 1] === '-' && part.startsWith(whole.slice(cut));
  return isCut ? `${environment.slice(0, cut)}*` : environment;
}

/** Of the same length. */
function inHostName(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[^a-z0-9]/g, '-');
}

/** Where a part that stands by itself begins; null if it does not occur. */
function placeOf(part: string, whole: string): number | null {
  const isEdge = (letter: string | undefined) => letter === undefined || letter === '-';
  for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1))
    if (isEdge(whole[at - 1]) && isEdge(whole[at + part.length])) return at;
  return null;
}
