import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium } from '../page/browser.ts';
import { type Started, startAntWatcher } from '../run-ant-watcher.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { CREATED, startGitHubWithApps } from './github-with-apps.ts';

const WEBHOOK = 'https://ants.example.com/webhook';

function startSetup(cwd: string, apiUrl: string, flags: readonly string[] = []): Started {
  const args = ['setup', '--webhook-url', WEBHOOK, '--org', 'octo-org', '--github.api-url', apiUrl, ...flags];
  return startAntWatcher(args, { cwd });
}

/** The address of the page, once it is printed. */
async function pageOf(setup: Started): Promise<string> {
  let isOver = false;
  void setup.ended().then(() => {
    isOver = true;
  });
  while (!isOver) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(setup.output()) ?? [];
    if (url !== undefined) return url;
    await sleep(20);
  }
  throw new Error(`It ends: ${setup.output()}`);
}

/** As a browser of somebody else may ask. */
function statusOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}

test('with one press of a button the App is created, and its secrets are in two files for the user alone', async () => {
  await using github = await startGitHubWithApps();
  using folder = openTemporaryFolder();
  using setup = startSetup(folder.path, github.apiUrl);
  await using browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(await pageOf(setup));
  await page.getByRole('button', { name: 'Create it' }).click();
  await page.getByRole('heading', { name: 'The App exists.' }).waitFor();

  const { code, stdout, stderr } = await setup.ended();
  assert.deepEqual([code, stderr], [0, '']);
  const [key, secret] = ['ant-watcher-app.pem', 'ant-watcher-webhook-secret'].map((each) =>
    join(folder.path, each),
  );
  assert.equal(readFileSync(key ?? '', 'utf8'), CREATED.pem);
  assert.equal(readFileSync(secret ?? '', 'utf8'), `${CREATED.webhook_secret}\n`);
  for (const file of [key, secret]) assert.equal(statSync(file ?? '').mode & 0o777, 0o600);
  for (const each of [CREATED.pem, CREATED.webhook_secret, CREATED.client_secret])
    assert.ok(!stdout.includes(each), 'a secret is printed');

  const [{ path, manifest }] = github.manifests as [(typeof github.manifests)[number]];
  assert.equal(path, '/organizations/octo-org/settings/apps/new');
  assert.deepEqual(manifest['hook_attributes'], { url: WEBHOOK, active: true });
  assert.ok(Object.values(manifest['default_permissions'] as object).every((each) => each === 'read'));

  // What is printed is a configuration.
  const [, yaml = ''] = /:\n\n(webhook:[\s\S]*?)\n\nThen:/.exec(stdout) ?? [];
  const file = join(folder.path, 'ants.yaml');
  writeFileSync(file, yaml);
  using printed = startAntWatcher(['print-config', '--config', file]);
  const { code: valid, stdout: settings } = await printed.ended();
  assert.equal(valid, 0);
  assert.match(settings, /app_id: "?4711"?/);
  assert.match(yaml, /path: "\/webhook"/);
});

test('who does not come from the page gets nothing, and the command goes on', async () => {
  await using github = await startGitHubWithApps();
  using folder = openTemporaryFolder();
  using setup = startSetup(folder.path, github.apiUrl);
  const url = await pageOf(setup);
  const code = 'a'.repeat(40);
  assert.equal(await statusOf(url, { Host: 'evil.example' }), 403);
  assert.equal(await statusOf(`${url}created?code=${code}`), 400);
  assert.equal(await statusOf(`${url}created?code=${code}&state=${'x'.repeat(32)}`), 400);
  assert.equal(await statusOf(`${url}etc/passwd`), 404);
  const page = await (await fetch(url)).text();
  const [, state = ''] = /state=([\w-]+)/.exec(page) ?? [];
  assert.equal(await statusOf(`${url}created?code=..%2F..%2Fuser&state=${state}`), 400);
  assert.equal(await statusOf(url), 200);

  // A code that GitHub does not know ends it, and leaves no empty files.
  assert.equal(await statusOf(`${url}created?code=${code}&state=${state}`), 200);
  const { code: exit, stderr } = await setup.ended();
  assert.equal(exit, 1);
  assert.match(stderr, /404[\s\S]*hint: .*start again/);
  assert.ok(!existsSync(join(folder.path, 'ant-watcher-app.pem')));
});

test('a file that is there is not replaced, and GitHub is not asked', async () => {
  await using github = await startGitHubWithApps();
  using folder = openTemporaryFolder({ 'ant-watcher-webhook-secret': 'in use' });
  using setup = startSetup(folder.path, github.apiUrl);
  const { code, stderr } = await setup.ended();
  assert.equal(code, 2);
  assert.match(stderr, /ant-watcher-webhook-secret already exists/);
  assert.equal(readFileSync(join(folder.path, 'ant-watcher-webhook-secret'), 'utf8'), 'in use');
  assert.ok(!existsSync(join(folder.path, 'ant-watcher-app.pem')));
});

test('without a browser the manifest and an address with the filled form are printed', async () => {
  using setup = startAntWatcher(['setup', '--webhook-url', WEBHOOK, '--print']);
  const { code, stdout } = await setup.ended();
  assert.equal(code, 0);
  const [link = ''] = /https:\/\/github\.com\/settings\/apps\/new\?\S+/.exec(stdout) ?? [];
  const { searchParams } = new URL(link);
  assert.equal(searchParams.get('webhook_url'), WEBHOOK);
  assert.equal(searchParams.get('actions'), 'read');
  assert.ok(searchParams.getAll('events[]').includes('workflow_job'));
  // The permission belongs to organizations: GitHub refuses it for the App of a person.
  assert.ok(!stdout.includes('organization_'));
});

test('stopped before the App exists, it leaves no files', async () => {
  await using github = await startGitHubWithApps();
  using folder = openTemporaryFolder();
  using setup = startSetup(folder.path, github.apiUrl);
  await pageOf(setup);
  setup.signal('SIGINT');
  const { code, stderr } = await setup.ended();
  assert.equal(code, 1);
  assert.match(stderr, /setup: stopped/);
  assert.deepEqual(readdirSync(folder.path), []);
});

test('a path other than webhook.path is refused before anything is made; the printed path is the one given', async () => {
  await using github = await startGitHubWithApps();
  using folder = openTemporaryFolder();
  using refused = startSetup(folder.path, github.apiUrl, ['--webhook.path', '/hooks, /gh_event']);
  const { code, stderr } = await refused.ended();
  assert.equal(code, 2);
  assert.match(stderr, /--webhook-url is \/webhook, but webhooks are taken at \/hooks, \/gh_event \(/);
  assert.match(stderr, /https:\/\/ants\.example\.com\/hooks, or add --webhook\.path \/webhook/);
  assert.deepEqual([readdirSync(folder.path), github.manifests], [[], []]);

  for (const path of ['/webhook/', '/gh_event, /webhook', '*']) {
    using printed = startSetup(folder.path, github.apiUrl, ['--print', '--webhook.path', path]);
    assert.match((await printed.ended()).stdout, /Set webhook\.path to \/webhook,/, path);
  }
});
