import { withoutIds } from './own-ids.ts';

/*
 * The label `workflow`: the same for the runs, the jobs, the dispatches, the samples and the cost of one
 * workflow, though no two payloads say the same about it. Changing the order here changes which metrics can
 * be joined. GitHub runs some workflows of its own (Pages, Dependabot, Copilot, the default set-up of
 * CodeQL). Their path begins with `dynamic/`, and the name of such a run is a title, different in each run
 * (`npm_and_yarn in /. - Update #1544086901`). A job only knows that title, so the name is derived from it.
 */

/** What a payload says about a workflow; null for what it does not say. */
export interface WorkflowWords {
  /** The name of the workflow itself. */
  readonly name?: string | null;
  /** The name of a run, which its jobs repeat: that of the workflow or, for GitHub's own, a title. */
  readonly runName?: string | null;
  /** As `workflowFile` returns it. */
  readonly file?: string | null;
  /** The name of the job whose payload this is. */
  readonly job?: string;
}

interface DynamicWorkflow {
  /** As GitHub lists it. */
  readonly name: string;
  readonly files: RegExp;
  readonly titles: RegExp;
  /** For titles that could also be the name of somebody's own workflow: the jobs that come with them. */
  readonly jobs?: RegExp;
}

const DYNAMIC: readonly DynamicWorkflow[] = [
  {
    name: 'pages-build-deployment',
    files: /^dynamic\/pages\//,
    titles: /^pages build and deployment$/,
  },
  {
    name: 'Dependabot Updates',
    files: /^dynamic\/dependabot\/dependabot-updates$/,
    titles: /^\S+ in \/.* - Update #\d+$/,
  },
  {
    name: 'Dependency Graph',
    files: /^dynamic\/dependabot\/update-graph$/,
    titles: /^Graph Update: .+ #\d+$/,
  },
  {
    name: 'CodeQL',
    files: /^dynamic\/github-code-scanning\/codeql$/,
    titles: /^(Push on .+|PR #\d+|Scheduled|CodeQL Setup)$/,
    jobs: /^Analyze \(/,
  },
  {
    name: 'Copilot code review',
    files: /^dynamic\/(agents|copilot-pull-request-reviewer)\/copilot-pull-request-reviewer$/,
    titles: /^(Running )?Copilot code review$/i,
  },
  {
    name: 'Copilot cloud agent',
    files: /^dynamic\/copilot-swe-agent\//,
    titles: /^((Running )?Copilot (coding|cloud) agent|Addressing comment on PR #\d+)$/,
  },
];

/**
 * Numbers of updates and pull requests in the titles of workflows that are not in the list. They are new in
 * each run.
 */
const NUMBERED = /#\d{3,}/g;

/** The value of the label `workflow`: the workflow's name, else its file, else `unknown`. */
export function workflowLabel({ name = null, runName = null, file = null, job = '' }: WorkflowWords): string {
  const isDynamic = file?.startsWith('dynamic/') ?? false;
  const known = DYNAMIC.find((each) =>
    file === null ? isTitleOf(each, name ?? runName ?? '', job) : each.files.test(file),
  );
  if (known !== undefined) return known.name;
  // The title of a run must not become a label if anything else identifies the workflow.
  const label = name ?? (isDynamic ? file : runName) ?? file;
  return label === null ? 'unknown' : withoutIds(label.replace(NUMBERED, '#*'));
}

function isTitleOf({ titles, jobs }: DynamicWorkflow, text: string, job: string): boolean {
  return titles.test(text) && (jobs === undefined || jobs.test(job));
}

/**
 * The path of a workflow's file in its repository. The API may append the branch, and dispatches may name it
 * in a shorter form. Null if it is no path.
 */
export function workflowFile(text: string | null): string | null {
  const path = text?.replace(/@.*$/s, '').replace(/^\.?\/+/, '') ?? '';
  if (path.startsWith('dynamic/')) return path;
  if (!/\.ya?ml$/.test(path)) return null;
  return path.includes('/') ? path : `.github/workflows/${path}`;
}
