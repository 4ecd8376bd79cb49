import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completed, PLACE, queued, shown, tellRun } from './github.ts';

const JOBS = 'github_actions_jobs_total';
const RUNS = 'github_actions_runs_total';

/** The value of that label in each line. */
function valuesOf(lines: readonly string[], label: string): (string | undefined)[] {
  return lines.map((line) => new RegExp(`[{,]${label}="((?:[^"\\\\]|\\\\.)*)"`).exec(line)?.[1]);
}

async function jobLabelOf(name: string): Promise<string | undefined> {
  return valuesOf(await shown([completed(68, { name })], JOBS), 'job_name')[0];
}

test('the values of a matrix are no part of the job label; the levels of reusable workflows are', async () => {
  assert.equal(await jobLabelOf('build (arm64)'), 'build');
  assert.equal(await jobLabelOf('build (16, ubuntu-latest, f(x))'), 'build');
  assert.equal(
    await jobLabelOf('deploy-prod / build-backend / build-ecr'),
    'deploy-prod / build-backend / build-ecr',
  );
  assert.equal(await jobLabelOf('deploy (eu) / test (1)'), 'deploy (eu) / test');
});

test('a name of any length is a label of at most 200 characters, without the values of its matrix', async () => {
  assert.equal(await jobLabelOf(`build (${'a very long value, '.repeat(500)})`), 'build');
  assert.equal(await jobLabelOf('b'.repeat(50_000)), 'b'.repeat(200));
  const long = 'w'.repeat(50_000);
  const told = [queued(1, { workflow_name: long, labels: [long] })];
  assert.deepEqual(valuesOf(await shown(told, 'github_actions_active_jobs'), 'workflow'), ['w'.repeat(200)]);
  assert.deepEqual(valuesOf(await shown(told, 'github_actions_active_jobs'), 'runs_on'), ['w'.repeat(200)]);
});

test('a run is labelled by its workflow, else by its file, never by the title that its author wrote', async () => {
  const title = 'my pull request, which nobody has seen before';
  const path = '.github/workflows/test.yml';
  const run = { display_title: title, conclusion: 'success', path };
  const labelOf = async (workflow: unknown, name: string | null) =>
    valuesOf(await shown([tellRun('completed', 9, { ...run, name }, { workflow })], RUNS), 'workflow')[0];
  assert.equal(await labelOf({ name: 'CI', path }, title), 'CI');
  assert.equal(await labelOf(null, 'CI'), 'CI');
  assert.equal(await labelOf(null, null), path);
  assert.equal(await labelOf(null, ''), path);
});

test('branches are classes, so that their number does not matter', async () => {
  const branchOf = async (event: string, head_branch: string | null) =>
    valuesOf(await shown([tellRun('completed', 9, { event, head_branch })], RUNS), 'branch')[0];
  assert.equal(await branchOf('push', 'main'), 'default');
  assert.equal(await branchOf('push', 'renovate/got-13.x'), 'other');
  assert.equal(await branchOf('release', null), 'other');
  // The branch of a fork may be called main as well.
  assert.equal(await branchOf('pull_request', 'main'), 'pull_request');
  assert.equal(await branchOf('pull_request_target', 'main'), 'pull_request');
});

test('nothing that is new in each run becomes a label', async () => {
  const job = { head_sha: 'e3103f8e', head_branch: 'topic-17', runner_name: 'GitHub Actions 4711' };
  const lines = await shown([completed(68, job), tellRun('completed', 70, { head_branch: 'topic-17' })]);
  assert.ok(lines.some((line) => line.includes(PLACE)));
  for (const word of ['e3103f8e', 'topic-17', '4711', '100520616165', '17000000001']) {
    assert.ok(!lines.some((line) => line.includes(word)), word);
  }
});
