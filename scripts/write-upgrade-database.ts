import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import packageJson from '../package.json' with { type: 'json' };
import { startService } from '../test/service.ts';
import { lastingNumbers } from '../test/upgrade/lasting-numbers.ts';

/*
 * `bin/node scripts/write-upgrade-database.ts`, once for each release: writes what every later version must
 * open (test/upgrade/): a database of this version that has seen a small simulated world, and its numbers.
 */

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'test/upgrade', packageJson.version);
const WORLD = ['--runs', '8', '--repositories', '1', '--in-flight', '0', '--deployments'];

await using service = await startService();
execFileSync(join(ROOT, 'bin/ant-watcher'), ['simulate', ...WORLD, '--url', service.webhookUrl, '--yes'], {
  env: { ...process.env, ANT_WATCHER_WEBHOOK_SECRET: service.secret },
  stdio: 'inherit',
});
const numbers = lastingNumbers(await service.settled());
await service.stop();
mkdirSync(FOLDER, { recursive: true });
const database = readFileSync(join(service.folder, 'ant-watcher.db'));
writeFileSync(join(FOLDER, 'database.gz'), gzipSync(database, { level: 9 }));
writeFileSync(join(FOLDER, 'numbers.txt'), `${numbers.join('\n')}\n`);
