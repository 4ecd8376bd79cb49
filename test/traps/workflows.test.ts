import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliveryOf, openPipeline, type Webhook } from '../pipeline.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import {
  again,
  at,
  completed,
  linesOf,
  NOW,
  PLACE,
  runWebhook,
  shown,
  shownInAnyOrder,
  webhook,
} from './github.ts';

/*
 * Which workflow a run belongs to: a file in a repository, whatever the two are called; and one label for it
 * everywhere.
 */

const REPOSITORY = { id: 591, full_name: 'octo-org/octo-repo', private: false, default_branch: 'main' };
const STATE = /^github_actions_workflow_(consecutive|last_run)/;

interface End {
  readonly runId: number;
  readonly seconds: number;
  readonly conclusion: string;
  readonly name?: string;
  readonly file?: string;
  readonly repository?: Partial<typeof REPOSITORY>;
}

/** A run on the default branch that begins in one second and ends in the next. */
function ended({ runId, seconds, conclusion, name = 'CI', file = 'ci.yml', repository = {} }: End): Webhook {
  const path = `.github/workflows/${file}`;
  return runWebhook(
    'completed',
    seconds,
    { id: runId, path, name, conclusion, created_at: at(seconds - 1), run_started_at: at(seconds - 1) },
    { workflow: { name, path }, repository: { ...REPOSITORY, ...repository } },
  );
}

/**
 * The state of each workflow, in short: its place, and its failures in a row or the second of its last run.
 */
function states(lines: readonly string[]): string[] {
  return lines
    .filter((line) => STATE.test(line))
    .map((line) => {
      const [, kind, place] = /^github_actions_workflow_(\w+)\{(.*)\} /.exec(line) ?? [];
      const [repository, workflow, file] = [...(place ?? '').matchAll(/="([^"]*)"/g)].map(
        ([, value]) => value,
      );
      const value = Number(line.split(' ').at(-1));
      const [what, short] =
        kind === 'consecutive_failures' ? ['failures', value] : ['last', value - Date.parse(at(0)) / 1000];
      return `${repository} ${workflow} ${file?.split('/').at(-1)} ${what} ${short}`;
    })
    .sort();
}

async function statesOf(sent: readonly Webhook[]): Promise<string[]> {
  return states(await shownInAnyOrder(sent, 'github_actions_workflow_'));
}

test('two files of one name have separate states: the one that passes does not hide the one that fails', async () => {
  const sent = [
    ended({ runId: 1, seconds: 10, conclusion: 'failure', file: 'broken.yml' }),
    ended({ runId: 2, seconds: 20, conclusion: 'failure', file: 'broken.yml' }),
    ended({ runId: 3, seconds: 30, conclusion: 'success', file: 'fine.yml' }),
  ];
  assert.deepEqual(await statesOf(sent), [
    'octo-org/octo-repo CI broken.yml failures 2',
    'octo-org/octo-repo CI broken.yml last 20',
    'octo-org/octo-repo CI fine.yml failures 0',
    'octo-org/octo-repo CI fine.yml last 30',
  ]);
});

test('a renamed workflow continues under its new name, and the old one is gone', async () => {
  const sent = [
    ended({ runId: 1, seconds: 10, conclusion: 'failure' }),
    ended({ runId: 2, seconds: 20, conclusion: 'failure', name: 'Continuous' }),
  ];
  assert.deepEqual(await statesOf(sent), [
    'octo-org/octo-repo Continuous ci.yml failures 2',
    'octo-org/octo-repo Continuous ci.yml last 20',
  ]);
});

test('a renamed repository keeps all its workflows from the first event under its new name', async () => {
  const repository = { full_name: 'octo-org/renamed' };
  const sent = [
    ended({ runId: 1, seconds: 10, conclusion: 'failure' }),
    ended({ runId: 2, seconds: 15, conclusion: 'failure', file: 'quiet.yml' }),
    ended({ runId: 3, seconds: 20, conclusion: 'failure', repository }),
  ];
  assert.deepEqual(await statesOf(sent), [
    'octo-org/renamed CI ci.yml failures 2',
    'octo-org/renamed CI ci.yml last 20',
    'octo-org/renamed CI quiet.yml failures 1',
    'octo-org/renamed CI quiet.yml last 15',
  ]);
});

test('an unrelated repository that takes the old name inherits nothing', async () => {
  const sent = [
    ended({ runId: 1, seconds: 10, conclusion: 'failure' }),
    ended({ runId: 2, seconds: 15, conclusion: 'failure', file: 'quiet.yml' }),
    ended({ runId: 3, seconds: 20, conclusion: 'failure', repository: { id: 888 } }),
  ];
  const foreign = ['octo-org/octo-repo CI ci.yml failures 1', 'octo-org/octo-repo CI ci.yml last 20'];
  assert.deepEqual(await statesOf(sent), foreign);
  const renamed = ended({
    runId: 4,
    seconds: 30,
    conclusion: 'success',
    repository: { full_name: 'o/moved' },
  });
  assert.deepEqual(await statesOf([...sent, renamed]), [
    'o/moved CI ci.yml failures 0',
    'o/moved CI ci.yml last 30',
    'o/moved CI quiet.yml failures 1',
    'o/moved CI quiet.yml last 15',
    ...foreign,
  ]);
});

test("a workflow's state outlives a restart and its own runs", async () => {
  using folder = openTemporaryFolder();
  const url = `sqlite:${join(folder.path, 'state.db')}`;
  const failures = [1, 2, 3].map((runId) => ended({ runId, seconds: runId * 10, conclusion: 'failure' }));
  const seen: string[][] = [];
  for (const sent of [failures, failures.map(again), []]) {
    await using pipeline = await openPipeline({ url, clock: { nowMs: NOW } });
    await pipeline.accept(sent.map((each) => deliveryOf(each, NOW)));
    await pipeline.settle();
    seen.push(states(await linesOf(pipeline)));
    const all = { afterRunId: null, limit: 100, finishedBeforeMs: NOW + 1, unfinishedBeforeMs: NOW + 1 };
    await pipeline.ledger.forgetRuns(all);
  }
  const expected = ['octo-org/octo-repo CI ci.yml failures 3', 'octo-org/octo-repo CI ci.yml last 30'];
  assert.deepEqual(seen, [expected, expected, expected]);
});

const LABELS = /workflow="([^"]*)"/;

/** All values of the label in these deliveries' metrics, by kind of delivery. */
async function labelsOf(sent: readonly Webhook[]): Promise<string[]> {
  const lines = (await shown(sent)).filter((line) => LABELS.test(line));
  return [...new Set(lines.map((line) => LABELS.exec(line)?.[1] ?? ''))];
}

for (const { name, runName, path, job } of [
  {
    name: 'pages-build-deployment',
    runName: 'pages build and deployment',
    path: 'dynamic/pages/pages-build-deployment',
    job: 'deploy',
  },
  {
    name: 'Dependabot Updates',
    runName: 'npm_and_yarn in /. - Update #1544086901',
    path: 'dynamic/dependabot/dependabot-updates',
    job: 'Dependabot',
  },
  {
    name: 'Copilot cloud agent',
    runName: 'Addressing comment on PR #106',
    path: 'dynamic/copilot-swe-agent/copilot',
    job: 'copilot',
  },
  {
    name: 'CodeQL',
    runName: 'Push on main',
    path: 'dynamic/github-code-scanning/codeql',
    job: 'Analyze (actions)',
  },
  {
    name: '.github/workflows/nameless.yml',
    runName: '.github/workflows/nameless.yml',
    path: '.github/workflows/nameless.yml',
    job: 'build',
  },
]) {
  test(`the runs, jobs and dispatches of ${path} have one label, from a webhook or from the API`, async () => {
    const run = { name: runName, path, display_title: 'what somebody wrote' };
    const sent = [
      runWebhook('completed', 70, run, { workflow: { name, path } }),
      completed(68, { workflow_name: runName, name: job, conclusion: 'failure' }),
      webhook('workflow_dispatch', 1, { workflow: path, repository: REPOSITORY }),
    ];
    assert.deepEqual(await labelsOf(sent), [name]);
    // The API has no workflow object next to a run, and may append the branch to the path.
    const listed = runWebhook('completed', 70, { ...run, path: `${path}@main` }, { workflow: undefined });
    assert.deepEqual(await labelsOf([listed]), [name]);
  });
}

test('a dispatch has only the file: its label is the file, and the gauges of the workflow have both', async () => {
  const path = '.github/workflows/deploy.yml';
  const sent = [
    webhook('workflow_dispatch', 1, { workflow: path, repository: REPOSITORY }),
    webhook('workflow_dispatch', 2, { workflow: 'deploy.yml', repository: REPOSITORY }),
    ended({ runId: 1, seconds: 9, conclusion: 'success', name: 'Deploy', file: 'deploy.yml' }),
  ];
  const lines = await shown(sent);
  const place = `repository="octo-org/octo-repo",workflow=`;
  assert.ok(lines.includes(`github_actions_dispatches_total{${place}"${path}"} 2`));
  assert.ok(
    lines.includes(`github_actions_workflow_consecutive_failures{${place}"Deploy",file="${path}"} 0`),
  );
});

test('a job without a workflow is in an unknown one, in every family', async () => {
  assert.deepEqual(await labelsOf([completed(68, { workflow_name: null, conclusion: 'failure' })]), [
    'unknown',
  ]);
  const none = { name: null, path: null };
  assert.deepEqual(await labelsOf([runWebhook('completed', 9, none, { workflow: null })]), ['unknown']);
  assert.ok((await shown([completed(68)])).some((line) => line.includes(PLACE)));
});
