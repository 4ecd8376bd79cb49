import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workflowFile, workflowLabel } from './workflow-name.ts';

const CI = '.github/workflows/ci.yml';

test('a workflow is named by its name, otherwise by its file, otherwise unknown', () => {
  assert.equal(workflowLabel({ name: 'CI', runName: 'a title', file: CI }), 'CI');
  assert.equal(workflowLabel({ runName: 'CI', file: CI }), 'CI');
  assert.equal(workflowLabel({ file: CI }), CI);
  assert.equal(workflowLabel({}), 'unknown');
});

/**
 * What payloads say about GitHub's own workflows: the listed name, the path, and the title of runs and
 * jobs.
 */
const OWN: readonly (readonly [label: string, name: string, file: string, title: string, job: string])[] = [
  [
    'pages-build-deployment',
    'pages-build-deployment',
    'dynamic/pages/pages-build-deployment',
    'pages build and deployment',
    'deploy',
  ],
  [
    'Dependabot Updates',
    'Dependabot Updates',
    'dynamic/dependabot/dependabot-updates',
    'npm_and_yarn in /. - Update #1544086901',
    'Dependabot',
  ],
  [
    'Dependabot Updates',
    'Dependabot Updates',
    'dynamic/dependabot/dependabot-updates',
    'pip in /backend for urllib3, requests - Update #1558352034',
    'Dependabot',
  ],
  [
    'Dependency Graph',
    'Dependency Graph',
    'dynamic/dependabot/update-graph',
    'Graph Update: uv in /. #123',
    'Dependabot',
  ],
  ['CodeQL', 'CodeQL', 'dynamic/github-code-scanning/codeql', 'Push on main', 'Analyze (actions)'],
  ['CodeQL', 'CodeQL', 'dynamic/github-code-scanning/codeql', 'PR #12', 'Analyze (java-kotlin)'],
  [
    'Copilot code review',
    'Copilot code review',
    'dynamic/copilot-pull-request-reviewer/copilot-pull-request-reviewer',
    'Running Copilot Code Review',
    'Agent',
  ],
  [
    'Copilot code review',
    'Copilot code review',
    'dynamic/agents/copilot-pull-request-reviewer',
    'Running Copilot Code Review',
    'Agent',
  ],
  // GitHub renamed this one in 2026.
  [
    'Copilot cloud agent',
    'Copilot coding agent',
    'dynamic/copilot-swe-agent/copilot',
    'Running Copilot coding agent',
    'copilot',
  ],
  [
    'Copilot cloud agent',
    'Copilot cloud agent',
    'dynamic/copilot-swe-agent/copilot',
    'Addressing comment on PR #106',
    'copilot',
  ],
];

for (const [label, name, file, title, job] of OWN) {
  test(`${title}: the run by webhook, the run by the API, the job and a dispatch have the same label`, () => {
    assert.equal(workflowLabel({ name, runName: title, file }), label);
    assert.equal(workflowLabel({ runName: title, file }), label);
    assert.equal(workflowLabel({ runName: title, job }), label);
    assert.equal(workflowLabel({ file }), label);
  });
}

test("a user's workflow that shares a title with GitHub's own keeps its name", () => {
  assert.equal(workflowLabel({ name: 'Push on main', runName: 'Push on main', file: CI }), 'Push on main');
  assert.equal(workflowLabel({ runName: 'Push on main', job: 'deploy' }), 'Push on main');
});

test('an unknown GitHub workflow has neither its run title nor a per-run number in its label', () => {
  const file = 'dynamic/janitor/sweep';
  assert.equal(workflowLabel({ name: 'Janitor', runName: 'Sweep of issue #4711', file }), 'Janitor');
  assert.equal(workflowLabel({ runName: 'Sweep of issue #4711', file }), file);
  assert.equal(workflowLabel({ runName: 'Sweep of issue #4711', job: 'sweep' }), 'Sweep of issue #*');
  assert.equal(workflowLabel({ runName: 'Ring #2', job: 'x' }), 'Ring #2');
});

test('a file has one path, in every form that GitHub writes it', () => {
  for (const text of [CI, `${CI}@main`, `${CI}@refs/heads/a@b`, `/${CI}`, `./${CI}`, 'ci.yml']) {
    assert.equal(workflowFile(text), CI, text);
  }
  assert.equal(workflowFile('dynamic/pages/pages-build-deployment'), 'dynamic/pages/pages-build-deployment');
  assert.equal(workflowFile('other/place/ci.yaml'), 'other/place/ci.yaml');
  // This is what GitHub calls a file that it could not read.
  for (const text of [null, '', 'BuildFailed', 'Deploy', '4711'])
    assert.equal(workflowFile(text), null, String(text));
});
