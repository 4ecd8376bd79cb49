import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { openRereading } from './reread-settings.ts';

const FILE = 'config/config.json';

test('a file that held settings must not be missing or empty on a reload', () => {
  for (const [flags, name] of [
    [[], FILE],
    [['--config', 'c.yaml'], 'c.yaml'],
  ] as const) {
    using folder = openTemporaryFolder({ [name]: '{"metrics": {"max_series": 7}}' });
    const path = join(folder.path, name);
    const read = openRereading({ flags, env: {}, cwd: folder.path, forServing: false });
    for (const damage of [() => rmSync(path), () => writeFileSync(path, ' \n')]) {
      damage();
      const refused = read();
      assert.ok('problems' in refused);
      assert.deepEqual(
        refused.problems.map(({ where }) => where),
        [name],
      );
      writeFileSync(path, '{"metrics": {"max_series": 8}}');
      const again = read();
      assert.equal('settings' in again && again.settings.metrics.maxSeries, 8);
    }
  }
});

test('a missing default file may stay missing; once it exists it is read, and required from then on', () => {
  using folder = openTemporaryFolder({ 'config/other': '' });
  const read = openRereading({ flags: [], env: {}, cwd: folder.path, forServing: false });
  assert.ok('settings' in read());
  writeFileSync(join(folder.path, FILE), '{"metrics": {"max_series": 7}}');
  assert.ok('settings' in read());
  rmSync(join(folder.path, FILE));
  assert.ok('problems' in read());
});
