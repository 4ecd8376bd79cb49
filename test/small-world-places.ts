/*
 * The repositories and the workflows of small worlds, as payloads describe them.
 */

export const REPOSITORIES = [
  { id: 1, full_name: 'o/a', private: true, default_branch: 'main' },
  { id: 2, full_name: 'o/b', private: false, default_branch: 'main' },
  // The first one is renamed, and an unrelated one takes its name.
  { id: 1, full_name: 'o/renamed', private: true, default_branch: 'main' },
  { id: 3, full_name: 'o/a', private: true, default_branch: 'main' },
];

/** What payloads say about a workflow. */
export interface WorkflowFields {
  /** In the run's `workflow`. */
  readonly name: string | null;
  readonly path: string | null;
  /** The name of the run, which its jobs repeat. */
  readonly title: (runId: number) => string | null;
  /** In a `workflow_dispatch`. */
  readonly dispatch: string;
}

const X = '.github/workflows/x.yml';

function workflowFields(name: string | null, path: string | null, title = name): WorkflowFields {
  return { name, path, title: () => title, dispatch: path ?? 'x.yml' };
}

export const WORKFLOWS: Readonly<Record<string, WorkflowFields>> = {
  CI: workflowFields('CI', X),
  'of the same name': workflowFields('CI', '.github/workflows/y.yml'),
  renamed: workflowFields('Continuous', X),
  nameless: workflowFields(X, X),
  'listed with its branch': { ...workflowFields(null, `${X}@main`, 'CI'), dispatch: 'x.yml' },
  untold: workflowFields(null, null),
  pages: workflowFields(
    'pages-build-deployment',
    'dynamic/pages/pages-build-deployment',
    'pages build and deployment',
  ),
  dependabot: {
    ...workflowFields('Dependabot Updates', 'dynamic/dependabot/dependabot-updates'),
    title: (runId) => `npm_and_yarn in /. for a, b - Update #${runId}`,
  },
  copilot: {
    ...workflowFields('Copilot coding agent', 'dynamic/copilot-swe-agent/copilot'),
    title: (runId) => `Addressing comment on PR #${runId % 100}`,
  },
};
