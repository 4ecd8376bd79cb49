import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import { newApp, smallWorld } from './fixtures/simulated-rest.ts';
import { bearer, dispatchOf, NAMES, settingsOf, throwing } from './marked-settings.ts';
import { foundMarks, type Marks, newMarks } from './marks.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { type Service, startService } from './service.ts';
import { openTelltale } from './telltale.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * The real process with a marked secret in every place that can hold one, through success and failure: none
 * of its output and answers contains any of them, or a part of one.
 */

const PATIENCE_MS = 20_000;
const ROUTES = [
  ...[
    '/',
    '/livez',
    '/readyz',
    '/-/ready',
    '/health',
    '/metrics',
    '/api/v1/push',
    '/api/v1/parked',
    '/nothing',
  ],
  ...[
    '/api/v1/explain?run=5',
    '/api/v1/explain?job=7',
    '/api/v1/explain',
    '/api/v1/jobs',
    '/api/v1/backfill',
  ],
];

test('no secret leaves the service in its log, its answers or its database, whatever goes wrong', async () => {
  const marks = newMarks(NAMES);
  await using outside = await openTelltale();
  // Parsing the name of this workflow throws an error that contains as much as possible.
  const NODE_OPTIONS = throwing(marks);
  await using service = await startService({ env: { ...settingsOf(marks, outside), NODE_OPTIONS } });
  const said: Record<string, string | Buffer> = {};
  await sendEverything(service, marks, said);
  await until('the delivery is parked', async () => {
    const parked = await service.get('/api/v1/parked', bearer(marks, 'api'));
    return (await parked.text()).includes('"total":1');
  });
  await until('all receivers and GitHub have refused us', async () =>
    ['/401/a', '/403/b', '/400/c', '/api/v3/app', '/api/v3/repos'].every((start) =>
      outside.paths.some((path) => path.startsWith(start)),
    ),
  );
  await askEverything(service, marks, said);
  await runClients(service, marks, said);
  await post(service, marks.secrets['webhook'], dispatchOf(marks, 'fault-main'));
  said['log'] = (await service.ended()).log;
  for (const file of globSync('*', { cwd: service.folder }))
    said[file] = readFileSync(join(service.folder, file));
  assert.match(String(said['log']), /Bug; stopping at once/);
  assert.match(String(said['log']), /GitHub|refuses us/);
  expectNone(said, marks);
});

test('no secret appears when everything works with GitHub', async () => {
  const { privateKey, app } = newApp();
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const marks = { ...newMarks(NAMES), privateKey: pem };
  const world = smallWorld('secrets', 20);
  const personalTokens = [`ghp_${marks.secrets['github']}`];
  await using github = await openSimulatedGitHub({
    ...{ world, clock: () => world.endMs + 60_000, hereClock: Date.now, personalTokens, app, hooks: ['app'] },
  });
  await using outside = await openTelltale();
  const env = {
    ...settingsOf(marks, outside),
    ANT_WATCHER_GITHUB_API_URL: github.url,
    ANT_WATCHER_GITHUB_APP_ID: String(app.id),
    ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*',
    ANT_WATCHER_STORAGE_RETENTION: 'never',
  };
  await using service = await startService({ env });
  const said: Record<string, string | Buffer> = {};
  const clientEnv = { ANT_WATCHER_API_TOKEN: String(marks.secrets['api']) };
  const commands = [['backfill', '--since=90d', `--url=http://${service.apiAddress}`], ['doctor']];
  for (const args of commands) {
    using started = startAntWatcher(args, {
      cwd: service.folder,
      env: args[0] === 'doctor' ? env : clientEnv,
    });
    const { stdout, stderr } = await started.ended();
    said[String(args[0])] = stdout + stderr;
  }
  assert.match(String(said['backfill']), /20 runs of \d+ repositories read, [1-9]/);
  assert.match(String(said['doctor']), /^ok +credentials/m);
  said['log'] = (await service.stop()).log;
  for (const file of globSync('*', { cwd: service.folder }))
    said[file] = readFileSync(join(service.folder, file));
  expectNone(said, marks);
});

test('no secret is in what the commands print about a configuration, valid or not', async () => {
  const marks = newMarks(NAMES);
  await using outside = await openTelltale();
  using folder = openTemporaryFolder();
  const said: Record<string, string> = {};
  const right = settingsOf(marks, outside);
  const storage = {
    ANT_WATCHER_STORAGE_URL: `sqlite:${join(folder.path, 'a.db')}`,
    ANT_WATCHER_API_PORT: '0',
  };
  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    using started = startAntWatcher(args, { cwd: folder.path, env: { ...right, ...storage, ...env } });
    const { code, stdout, stderr } = await started.ended();
    said[`${args.join(' ')} ${Object.keys(env)}`] = `${code} ${stdout}${stderr}`;
  }
  const { secrets, privateKey } = marks;
  await run(['print-config']);
  await run(['check-config']);
  await run(['doctor']);
  await run(['check-config', `--webhook.secret=${secrets['webhook']}`]);
  await run(['check-config', `--storage.url=postgres://u:${secrets['urlPassword']}@h/db`]);
  await run(['check-config'], { ANT_WATCHER_WEBHOOK_SECRETS: secrets['webhook'] ?? '' });
  await run(['check-config'], { ANT_WATCHER_WEBHOOK_PORT: secrets['webhook'] ?? '' });
  await run(['check-config'], { ANT_WATCHER_PUSH_HEADERS: `no header ${secrets['header']}` });
  await run(['check-config'], { ANT_WATCHER_PUSH_BASIC_AUTH: secrets['basic'] ?? '' });
  await run(['check-config'], { ANT_WATCHER_GITHUB_APP_PRIVATE_KEY: privateKey.slice(0, -100) });
  await run(['check-config'], {
    ANT_WATCHER_API_TOKENS: 'x',
    ANT_WATCHER_API_TOKENS_FILE: `/${secrets['api']}`,
  });
  const files = {
    'broken.yaml': `webhook:\n  secret: ${secrets['webhook']}\n secret: [${secrets['webhookNext']}\n`,
    'broken.json': `{"webhook": {"secret": "${secrets['webhook']}" "port": 1}}`,
    'unknown.yaml': `webhook:\n  secrets: ${secrets['webhook']}\n  secret: {a: ${secrets['webhookNext']}}\n`,
    'right.yaml': `webhook:\n  secret: [${secrets['webhook']}, ${secrets['webhookNext']}]\n`,
  };
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(folder.path, file), text);
    await run(['check-config', '--config', file]);
    await run(['print-config', '--config', file]);
  }
  await run(['serve', '--webhook.host', '192.0.2.1']);
  expectNone(said, marks);
  assert.equal(Object.values(said).filter((text) => text.startsWith('2 ')).length > 10, true);
});

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadlineMs, `It does not happen that ${what}.`);
    await sleep(50);
  }
}

async function post(
  service: Service,
  secret: string | undefined,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const signature = createHmac('sha256', secret ?? '')
    .update(body)
    .digest('hex');
  const response = await fetch(service.webhookUrl, {
    method: 'POST',
    body,
    headers: {
      ...{ 'Content-Type': 'application/json', 'X-GitHub-Event': 'workflow_dispatch' },
      ...{ 'X-GitHub-Delivery': randomUUID(), 'X-Hub-Signature-256': `sha256=${signature}`, ...headers },
    },
  });
  return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
}

async function sendEverything(
  service: Service,
  marks: Marks,
  said: Record<string, string | Buffer>,
): Promise<void> {
  const { secrets } = marks;
  const body = dispatchOf(marks, 'fine');
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const run = {
    action: 'completed',
    repository: { full_name: 'o/r' },
    workflow_run: {
      ...{ id: 5, run_attempt: 1, name: 'CI', event: 'push', status: 'completed', conclusion: 'success' },
      ...{ run_started_at: '2026-11-20T12:00:00Z', updated_at: '2026-11-20T12:01:00Z' },
      ...{
        head_commit: { message: `ghp_${secrets['payload']}` },
        display_title: `ghp_${secrets['payload']}`,
      },
    },
  };
  const posts: Readonly<Record<string, Promise<string>>> = {
    first: post(service, secrets['webhook'], body),
    second: post(service, secrets['webhookNext'], body),
    run: post(service, secrets['webhook'], JSON.stringify(run), { 'X-GitHub-Event': 'workflow_run' }),
    form: post(service, secrets['webhook'], `payload=${encodeURIComponent(body)}`, form),
    'broken form': post(service, secrets['webhook'], `payload=%${secrets['payload']}`, form),
    'broken JSON': post(service, secrets['webhook'], `{"${secrets['payload']}`),
    'wrong signature': post(service, secrets['wrongSignature'], body),
    'not signed': post(service, '', body, { 'X-Hub-Signature-256': `sha256=${secrets['wrongSignature']}` }),
    'the secret as signature': post(service, '', body, { 'X-Hub-Signature-256': String(secrets['webhook']) }),
    'odd event': post(service, secrets['webhook'], body, { 'X-GitHub-Event': `x${'é'}` }),
    parked: post(service, secrets['webhook'], dispatchOf(marks, 'fault-engine')),
  };
  for (const [name, answer] of Object.entries(posts)) said[name] = await answer;
}

async function askEverything(
  service: Service,
  marks: Marks,
  said: Record<string, string | Buffer>,
): Promise<void> {
  for (const credentials of ['api', 'apiNext', 'wrongToken', null]) {
    const headers = credentials === null ? {} : bearer(marks, credentials);
    for (const path of ROUTES) {
      const response = await service.get(path, headers);
      said[`${path} with ${credentials}`] =
        `${JSON.stringify([...response.headers])} ${await response.text()}`;
    }
    const body = `{"guid": "${marks.secrets['payload']}`;
    const replay = await fetch(`http://${service.apiAddress}/api/v1/parked/replay`, {
      ...{ method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/json' } },
    });
    said[`replay with ${credentials}`] = await replay.text();
    for (const path of ['/-/reload', '/push?repository=o/r&workflow=CI'])
      said[`POST ${path} with ${credentials}`] = await textOf(service, path, headers);
  }
  const user = Buffer.from(`watcher:${marks.secrets['user']}`).toString('base64');
  said['a user'] = await (await service.get('/metrics', { Authorization: `Basic ${user}` })).text();
  said['a user may not change'] = await textOf(service, '/-/reload', { Authorization: `Basic ${user}` });
  const token = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(marks.secrets)).toString('base64url')}.AAAA`;
  said['a token of a job'] = await textOf(service, '/push', { Authorization: `Bearer ${token}` });
  assert.match(String(said['/api/v1/parked with api']), /"total":1/);
  assert.match(String(said['/api/v1/push with api']), /"reason":"/);
}

async function textOf(service: Service, path: string, headers: Record<string, string>): Promise<string> {
  const init = { method: 'POST', body: '{}', headers: { ...headers, 'Content-Type': 'application/json' } };
  const response = await fetch(`http://${service.apiAddress}${path}`, init);
  return `${JSON.stringify([...response.headers])} ${await response.text()}`;
}

async function runClients(
  service: Service,
  { secrets }: Marks,
  said: Record<string, string | Buffer>,
): Promise<void> {
  const url = `--url=http://${service.apiAddress}`;
  for (const token of ['api', 'wrongToken']) {
    const env = { ANT_WATCHER_API_TOKEN: String(secrets[token]) };
    for (const args of [
      ['explain', '--run=5', url],
      ['backfill', '--since=1h', '--dry-run', url],
    ]) {
      using started = startAntWatcher(args, { env });
      const { stdout, stderr } = await started.ended();
      said[`${args[0]} with ${token}`] = stdout + stderr;
    }
  }
}

function expectNone(said: Readonly<Record<string, string | Buffer>>, marks: Marks): void {
  const found = Object.entries(said).flatMap(([where, bytes]) =>
    foundMarks(bytes, marks).map((what) => `${where}: ${what}`),
  );
  assert.deepEqual(found, []);
}
