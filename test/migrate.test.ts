import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAntWatcher } from './run-ant-watcher.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

test('what migrate prints is a configuration, and the service never reads the old variables', async () => {
  using folder = openTemporaryFolder({ 'old.env': 'WEBHOOK_SECRET=hush-hush-hush\nPORT=8123\n' });
  const options = { cwd: folder.path, env: { WEBHOOK_SECRET: 'hush-hush-hush', PORT: '1' } };
  const run = (...args: string[]) => startAntWatcher(args, options).ended();

  const migrated = await run('migrate', '--from', 'live-actions', '--env', 'old.env');
  assert.equal(migrated.code, 0);
  assert.match(migrated.stdout, /^ {2}port: 8123 /m);
  assert.match(migrated.stderr, /compat-live-actions\.rules\.yaml/);
  assert.doesNotMatch(migrated.stdout + migrated.stderr, /hush/);

  writeFileSync(join(folder.path, 'new.yaml'), migrated.stdout);
  assert.equal((await run('check-config', '--without-secrets', '--config', 'new.yaml')).code, 0);
  const printed = await run('print-config');
  assert.match(printed.stdout, /^ {2}port: 8080 # default$/m);
  assert.match(printed.stdout, /^ {2}# secret: not set$/m);

  const wrong = await run('migrate', '--from', 'another');
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /choose from arc, cpanato, promhippie, live-actions/);
  assert.match((await run('migrate', '--help')).stdout, /^Usage: ant-watcher migrate --from/);
});
