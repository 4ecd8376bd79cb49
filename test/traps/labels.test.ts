import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, completed, inProgress, PLACE, queued, runWebhook, shown, shownInAnyOrder } from './github.ts';

const JOBS = 'github_actions_jobs_total';
const RUNS = 'github_actions_runs_total';

/** The value of that label in each line. */
function valuesOf(lines: readonly string[], label: string): (string | undefined)[] {
  return lines.map((line) => new RegExp(`[{,]${label}="((?:[^"\\\\]|\\\\.)*)"`).exec(line)?.[1]);
}

async function jobLabelOf(name: string): Promise<string | undefined> {
  return valuesOf(await shown([completed(68, { name })], JOBS), 'job_name')[0];
}

test('matrix values are not part of the job label; the levels of reusable workflows are', async () => {
  assert.equal(await jobLabelOf('build (arm64)'), 'build');
  assert.equal(await jobLabelOf('build (16, ubuntu-latest, f(x))'), 'build');
  assert.equal(
    await jobLabelOf('deploy-prod / build-backend / build-ecr'),
    'deploy-prod / build-backend / build-ecr',
  );
});

test('the matrix of a caller is not part of the job label either, even one that GitHub cut', async () => {
  assert.equal(await jobLabelOf('deploy (eu-0, 3.4.0) / plan'), 'deploy / plan');
  assert.equal(await jobLabelOf('deploy (eu) / test (1)'), 'deploy / test');
  // kata-containers#11176: 97 characters and three dots, in each part of the name.
  const cut =
    'check (sudo -E PATH="$PATH" make test, agent-ctl, src/tools/agent-ctl, rust, protobuf-compiler, c...';
  assert.equal(await jobLabelOf(`build-checks (s390x) / ${cut}`), 'build-checks / check');
});

test('a name of any length is a label of at most 200 characters, without its matrix values', async () => {
  assert.equal(await jobLabelOf(`build (${'a very long value, '.repeat(500)})`), 'build');
  assert.equal(await jobLabelOf('b'.repeat(50_000)), 'b'.repeat(200));
  const long = 'w'.repeat(50_000);
  const sent = [queued(1, { workflow_name: long, labels: [long] })];
  assert.deepEqual(valuesOf(await shown(sent, 'github_actions_active_jobs'), 'workflow'), ['w'.repeat(200)]);
  assert.deepEqual(valuesOf(await shown(sent, 'github_actions_active_jobs'), 'runs_on'), ['w'.repeat(200)]);
});

test('a run is labelled by its workflow, otherwise by its file, never by the title that its author wrote', async () => {
  const title = 'my pull request, which nobody has seen before';
  const path = '.github/workflows/test.yml';
  const run = { display_title: title, conclusion: 'success', path };
  const labelOf = async (workflow: unknown, name: string | null) =>
    valuesOf(await shown([runWebhook('completed', 9, { ...run, name }, { workflow })], RUNS), 'workflow')[0];
  assert.equal(await labelOf({ name: 'CI', path }, title), 'CI');
  assert.equal(await labelOf(null, 'CI'), 'CI');
  assert.equal(await labelOf(null, null), path);
  assert.equal(await labelOf(null, ''), path);
});

test('branches are classes, so that their number does not matter', async () => {
  const branchOf = async (event: string, head_branch: string | null) =>
    valuesOf(await shown([runWebhook('completed', 9, { event, head_branch })], RUNS), 'branch')[0];
  assert.equal(await branchOf('push', 'main'), 'default');
  assert.equal(await branchOf('push', 'renovate/got-13.x'), 'other');
  assert.equal(await branchOf('release', null), 'other');
  // The branch of a fork may be called main as well.
  assert.equal(await branchOf('pull_request', 'main'), 'pull_request');
  assert.equal(await branchOf('pull_request_target', 'main'), 'pull_request');
});

test('nothing that is new in each run becomes a label', async () => {
  const job = { head_sha: 'e3103f8e', head_branch: 'topic-17', runner_name: 'GitHub Actions 4711' };
  const lines = await shown([completed(68, job), runWebhook('completed', 70, { head_branch: 'topic-17' })]);
  assert.ok(lines.some((line) => line.includes(PLACE)));
  for (const word of ['e3103f8e', 'topic-17', '4711', '100520616165', '17000000001']) {
    assert.ok(!lines.some((line) => line.includes(word)), word);
  }
});

test('per-run parts in a runner label or a name are left out of every series', async () => {
  const id = 17_000_000_001;
  const [uuid, sha] = ['0b7c9a52-4a6e-4c1f-9a8e-3d2b1c0f9e8d', '9ac4452b94ebd18a84cc798e0411210f11d03734'];
  const job = {
    head_sha: sha,
    labels: [`runs-on=${id}`, `codebuild-p-${id}-1`, `vm-${uuid}`, 'cirun-2024-05-17--1732832532'],
    name: `deploy 9ac4452 of ${id}`,
    workflow_name: 'npm_and_yarn in /. - Update #1544086901',
    runner_name: 'vm',
    runner_group_name: `pool-${id}`,
  };
  const runsOn = 'runs-on=*,codebuild-p-*,vm-*,cirun-2024-05-17--*';
  for (const sent of [
    [queued(1, job)],
    [queued(1, job), inProgress(7, job)],
    [completed(68, job), queued(1, job)],
  ]) {
    const lines = await shown(sent);
    assert.ok(lines.length > 0);
    for (const each of ['17000000001', uuid, '9ac4452', '1732832532', '1544086901'])
      assert.deepEqual(
        lines.filter((line) => line.includes(each)),
        [],
      );
    const pools = valuesOf(lines, 'runs_on').filter((value) => value !== undefined);
    assert.deepEqual([...new Set(pools)], [runsOn]);
  }
  const names = valuesOf(await shown([completed(68, job)], JOBS), 'job_name');
  assert.deepEqual(names, ['deploy * of *']);
});

test('runs that each made their own label are one series of jobs in flight', async () => {
  const sent = [1, 2, 3].map((each) => {
    const run_id = 17_000_000_000 + each;
    return queued(each, {
      id: 100_520_616_165 + each,
      run_id,
      labels: [`vm-${run_id}`],
      created_at: at(each),
    });
  });
  const active = `github_actions_active_jobs{${PLACE},runs_on="vm-*",status="queued"} 3`;
  assert.deepEqual(await shownInAnyOrder(sent, 'github_actions_active_jobs'), [active]);
  const oldest = 'github_actions_oldest_active_job_timestamp_seconds';
  const since = `${oldest}{runs_on="vm-*",status="queued"} ${Date.parse(at(1)) / 1000}`;
  assert.deepEqual(await shown(sent, oldest), [since]);
});

test("ids too small to recognise by form are recognised as the run's, the job's or the commit's", async () => {
  const sent = [471_101, 471_102].map((run_id, index) => {
    const [id, head_sha] = [880_001 + index, `${index}ac4452b94ebd18a84cc798e0411210f11d03734`];
    return queued(1, {
      id,
      run_id,
      head_sha,
      labels: [`r-${run_id}`, `j-${id}`, `c-${head_sha.slice(0, 7)}`],
    });
  });
  const active = 'github_actions_active_jobs';
  assert.deepEqual(await shown(sent, active), [
    `${active}{${PLACE},runs_on="r-*,j-*,c-*",status="queued"} 2`,
  ]);
  // The id of another run is not recognised as an id.
  const both = [471_101, 471_102].map((run_id, index) =>
    queued(1, { id: 880_001 + index, run_id, labels: ['r-471101'] }),
  );
  assert.deepEqual(await shown(both, active), [
    `${active}{${PLACE},runs_on="r-*",status="queued"} 1`,
    `${active}{${PLACE},runs_on="r-471101",status="queued"} 1`,
  ]);
});
