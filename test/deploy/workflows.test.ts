import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { longTest } from '../long-form.ts';
import { peerPath } from '../peers.ts';

/* .github/workflows, as far as they can be checked without GitHub. */

const ROOT = join(import.meta.dirname, '../..');
const WORKFLOWS = globSync('.github/workflows/*.yml', { cwd: ROOT });

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly steps?: readonly { readonly run?: string }[];
}

for (const path of WORKFLOWS) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const workflow = parse(text);
  const jobs = Object.entries<Job>(workflow.jobs);

  test(`${path}: actions are pinned by commit, with their version beside it`, () => {
    const used = [...text.matchAll(/\buses: (.*)$/gm)].map(([, action = '']) => action);
    const others = used.filter((action) => !action.startsWith('./'));
    assert.ok(used.length > 0);
    for (const action of others) assert.match(action, /^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test(`${path}: a job has the permissions that it names, and no other; it can't run for ever`, () => {
    assert.deepEqual(workflow.permissions, {});
    for (const [name, job] of jobs) {
      assert.ok(job.permissions !== undefined, name);
      assert.ok(job.uses !== undefined || job['timeout-minutes'] !== undefined, name);
    }
  });

  test(`${path}: no secret is needed, and no text from outside gets into a command`, () => {
    assert.doesNotMatch(text, /secrets\./);
    for (const { run = '' } of jobs.flatMap(([, { steps = [] }]) => steps))
      assert.doesNotMatch(run, /\$\{\{/);
  });

  test(`${path}: what it runs of this project exists`, () => {
    const runs = jobs.flatMap(([, { steps = [] }]) => steps).map(({ run = '' }) => run);
    const names = runs.flatMap((run) => run.match(/(?:\.ci|scripts)\/[\w./-]+/g) ?? []);
    assert.ok(names.length > 0);
    assert.deepEqual(
      names.filter((name) => !existsSync(join(ROOT, name))),
      [],
    );
  });
}

test('a release publishes what scripts/build-release.ts makes', () => {
  const release = readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8');
  const script = readFileSync(join(ROOT, 'scripts/build-release.ts'), 'utf8');
  for (const name of ['ant-watcher-chart-', 'ant-watcher-image-', 'RELEASE_NOTES.md', 'SHA256SUMS']) {
    assert.ok(release.includes(name), name);
    assert.ok(script.includes(name), name);
  }
});

longTest('actionlint finds nothing in the workflows', () => {
  const { status, stdout } = spawnSync(peerPath('actionlint'), WORKFLOWS, { cwd: ROOT, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
