import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { replayHelp } from '../simulator/replay-command.ts';
import { simulateHelp } from '../simulator/simulate-command.ts';
import { backfillHelp } from '../src/cli/backfill/backfill-command.ts';
import { backupHelp } from '../src/cli/backup/backup-command.ts';
import { COMMANDS, isCommandName, splitCommand } from '../src/cli/commands.ts';
import { explainHelp } from '../src/cli/explain/explain-command.ts';
import { healthHelp } from '../src/cli/health/health-command.ts';
import { jobsHelp } from '../src/cli/jobs/jobs-command.ts';
import { migrateHelp } from '../src/cli/migrate/migrate-command.ts';
import { moveHelp } from '../src/cli/move/move-command.ts';
import { setupHelp } from '../src/cli/setup/setup-flags.ts';
import { environmentNameOf, flagOf } from '../src/config/setting.ts';
import { listSettings } from '../src/config/settings.ts';
import { argumentsOf, commandsIn, curlRequestOf, splitCommands } from './document-commands.ts';
import { startService } from './service.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = globSync(['*.md', '{docs,config,deploy}/**/*.md'], { cwd: ROOT })
  .filter((path) => path !== 'CHANGELOG.md')
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

const HELP: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(COMMANDS).map(([name, { help }]) => [name, help ?? ''])),
  ...{ simulate: simulateHelp, replay: replayHelp, backfill: backfillHelp, backup: backupHelp },
  ...{ migrate: migrateHelp },
  ...{ move: moveHelp, setup: setupHelp, jobs: jobsHelp, explain: explainHelp, health: healthHelp },
};
const SETTING_FLAGS = [
  '--config',
  ...listSettings().flatMap(({ name, secret }) => (secret ? [] : flagOf(name))),
];

/** What is wrong with the arguments of ant-watcher. */
function faultsOf(args: readonly string[]): string[] {
  const { name, rest } = splitCommand(args);
  if (!isCommandName(name)) return [`there is no command ${name}`];
  const flags = rest.filter((each) => each.startsWith('-')).map((each) => each.replace(/=.*$/s, ''));
  const help = HELP[name] ?? '';
  const own = help.match(/(?<![\w-])--?[a-z][\w-]*(?![\w.-])/g) ?? [];
  const known = help.includes('--SETTING VALUE') ? [...own, ...SETTING_FLAGS] : own;
  return flags.filter((flag) => !known.includes(flag)).map((flag) => `${name} has no flag ${flag}`);
}

for (const { path, text } of DOCUMENTS) {
  const commands = commandsIn(text);
  const faults = commands.flatMap((command) => {
    const args = argumentsOf(command);
    return args === null ? [] : faultsOf(args);
  });
  if (commands.length > 0)
    test(`${path}: ant-watcher knows each of its commands and flags`, () => assert.deepEqual(faults, []));
}

/** Variables that are no settings: of commands, of a job that reports numbers, of Compose, of the tests. */
const OTHER_VARIABLES = /^ANT_WATCHER_(?:API_TOKEN|URL|IMAGE|TEST_[A-Z]+)$/;

test('every variable in the documents is that of a setting', () => {
  const known = new Set(
    listSettings().flatMap(({ name, secret }) => {
      const variable = environmentNameOf(name);
      return secret ? [variable, `${variable}_FILE`] : [variable];
    }),
  );
  const named = DOCUMENTS.flatMap(({ path, text }) =>
    (text.match(/\bANT_WATCHER_[A-Z]+(?:_[A-Z]+)*\b(?!…|_)/g) ?? []).map((variable) => ({ path, variable })),
  );
  assert.ok(named.length > 150);
  assert.deepEqual(
    named.filter(({ variable }) => !known.has(variable) && !OTHER_VARIABLES.test(variable)),
    [],
  );
});

const TOKEN = 'a-token-for-the-documents';

test('what the documents ask of the service with curl is answered, and every parameter is known', async () => {
  const requests = DOCUMENTS.flatMap(({ path, text }) =>
    commandsIn(text).flatMap((command) => {
      const request = curlRequestOf(command);
      return request === null ? [] : [{ path, ...request }];
    }),
  ).filter(({ url }) => /^(?:http:\/\/)?(?:localhost|127\.0\.0\.1):9876|^\$ANT_WATCHER_URL/.test(url));
  assert.ok(requests.length >= 10);
  await using service = await startService({ token: TOKEN, env: { ANT_WATCHER_API_RELOAD: 'true' } });
  for (const { path, url, method, body } of requests) {
    const address = url.replace(/^\$ANT_WATCHER_URL|^(?:http:\/\/)?[^/]+/, service.apiUrl);
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
    const { status } = await fetch(address, { method, headers, body });
    assert.ok(status < 300, `${path}: ${method} ${url} is answered with ${status}`);
  }
});

test('a command line is taken apart as a shell does', () => {
  const lines = `export A="b c" D=$(e f | g) # h
I=1 /x/ant-watcher jobs --sort=-a \\
  --from '-2 h' > k.txt && (umask 077; curl -X POST -d '{"l": 1}' 'localhost:9876/m?n=o&p') | grep q
`;
  const commands = splitCommands(lines);
  assert.deepEqual(commands, [
    { variables: ['A', 'D'], words: [] },
    { variables: ['I'], words: ['/x/ant-watcher', 'jobs', '--sort=-a', '--from', '-2 h'] },
    { variables: [], words: ['umask', '077'] },
    { variables: [], words: ['curl', '-X', 'POST', '-d', '{"l": 1}', 'localhost:9876/m?n=o&p'] },
    { variables: [], words: ['grep', 'q'] },
  ]);
  assert.deepEqual(commands.map(argumentsOf)[1], ['jobs', '--sort=-a', '--from', '-2 h']);
  const request = { url: 'localhost:9876/m?n=o&p', method: 'POST', body: '{"l": 1}' };
  assert.deepEqual(
    commands.flatMap((each) => curlRequestOf(each) ?? []),
    [request],
  );
});

test('an unknown command and an unknown flag are found', () => {
  const text =
    '```sh\nbin/ant-watcher jbos\nant-watcher doctor --log.level x --lgo 1\n```\n`ant-watcher jobs --sortt=a`';
  assert.deepEqual(
    commandsIn(text).flatMap((command) => faultsOf(argumentsOf(command) ?? [])),
    ['there is no command jbos', 'doctor has no flag --lgo', 'jobs has no flag --sortt'],
  );
});
