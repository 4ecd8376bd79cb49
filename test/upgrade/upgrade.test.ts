import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { parseExposition, type Samples, sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { lastingNumbers } from './lasting-numbers.ts';

/*
 * Databases of earlier versions, which scripts/write-upgrade-database.ts wrote at each release: each later
 * version opens them with the same numbers, and counts on.
 */

const VERSIONS = globSync('*/', { cwd: import.meta.dirname }).sort();

const runs = (samples: Samples) => sumOf(samples, 'github_actions_runs_total', {});

test('there is a database of each release', () => {
  const changes = readFileSync(join(import.meta.dirname, '../../CHANGELOG.md'), 'utf8');
  const released = Array.from(changes.matchAll(/^## (\d+\.\d+\.\d+)/gm), ([, version]) => version);
  assert.deepEqual(
    released.filter((version) => !VERSIONS.includes(`${version}`)),
    [],
  );
  assert.ok(VERSIONS.length > 0);
});

for (const version of VERSIONS) {
  test(`a database of ${version} opens with the same numbers, also a second time, and counts on`, async () => {
    const read = (file: string) => readFileSync(join(import.meta.dirname, version, file));
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'ant-watcher.db');
    writeFileSync(path, gunzipSync(read('database.gz')));
    const numbers = read('numbers.txt').toString().trimEnd().split('\n');
    assert.ok(numbers.length > 100);
    await using service = await startService({ storage: `sqlite:${path}` });
    for (const _ of ['the upgrade', 'a start after it']) {
      // A later version may count more of what happens, under new names.
      const shown = new Set(lastingNumbers(await service.metrics()));
      assert.deepEqual(
        numbers.filter((line) => !shown.has(line)),
        [],
      );
      await service.stop();
      await service.start();
    }
    const before = runs(await service.metrics());
    const args = ['simulate', '--seed', 'another', '--runs', '5', '--truth', '-', '--yes', '--url'];
    using simulation = startAntWatcher([...args, service.webhookUrl], {
      env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret },
    });
    const { code, stdout, stderr } = await simulation.ended();
    assert.equal(code, 0, stderr);
    assert.equal(runs(await service.settled()), before + runs(parseExposition(stdout)));
  });
}
