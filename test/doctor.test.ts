import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { openSimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import { CHECKS } from '../src/cli/doctor/finding.ts';
import { smallWorld, TOKEN, testApp } from './fixtures/simulated-rest.ts';
import { freePort } from './free-port.ts';
import { startPostgres } from './postgres.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { startService } from './service.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

const HOOKS = ['app', 'organization'] as const;

async function doctor(env: Record<string, string>, cwd: string) {
  using started = startAntWatcher(['doctor'], {
    cwd,
    env: { ANT_WATCHER_WEBHOOK_SECRET: 's'.repeat(16), ...env },
  });
  return await started.ended();
}

/** `level about` of each line. */
function found(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => /^(ok|warning|failed) /.test(line));
  return lines.map((line) =>
    line.replace(
      /^(\w+) +([\w ]+?) {2}.*|^(\w+) +(.{17}).*/,
      (_, a, b, c, d) => `${a ?? c} ${(b ?? d).trim()}`,
    ),
  );
}

async function openGitHub() {
  const world = smallWorld('doctor', 30);
  const { privateKey, app } = testApp();
  // The clock of the world stands still; that of its answers does not.
  const clock = () => world.endMs + 60_000;
  const github = await openSimulatedGitHub({
    ...{ world, clock, hereClock: Date.now, personalTokens: [TOKEN], app, hooks: HOOKS },
  });
  const env = {
    ANT_WATCHER_GITHUB_API_URL: github.url,
    ANT_WATCHER_GITHUB_APP_ID: String(app.id),
    ANT_WATCHER_GITHUB_APP_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ANT_WATCHER_WEBHOOK_PORT: String(await freePort()),
    ANT_WATCHER_API_PORT: String(await freePort()),
  };
  return { github, world, env };
}

test('doctor: with everything in order it says so, and changes nothing', async () => {
  using folder = openTemporaryFolder();
  const { github, world, env } = await openGitHub();
  await using _github = github;
  const answered = { status: 202, error: null, tookMs: 5, headers: {}, body: '' };
  for (const delivery of deliveriesOf(world)) github.log.record(delivery, answered, Date.now());
  const named = { ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/web-shop' };
  const { code, stdout, stderr } = await doctor({ ...env, ...named }, folder.path);
  assert.deepEqual([code, stderr], [0, ''], stdout);
  assert.match(stdout, /\nAll is well\.\n$/);
  const read = Array.from(stdout.matchAll(/runs and jobs of (\S+) can be read/g), ([, name]) => name);
  assert.deepEqual(read, ['lumen-works/web-shop', 'mira-holt/log-reader'], 'what is named, else any');
  assert.deepEqual(
    new Set(found(stdout).map((line) => line.replace(/^ok /, ''))),
    new Set([
      ...['configuration', 'storage', 'webhook listener', 'api listener'],
      ...['GitHub', 'credentials', 'permissions', 'webhooks'],
    ]),
  );
  const order = found(stdout).map((line) =>
    CHECKS.indexOf(line.replace(/^\w+ /, '') as (typeof CHECKS)[number]),
  );
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
    'in the order of the table',
  );
  assert.ok(order[0] === 0);
  assert.ok(!stdout.includes('PRIVATE KEY') && !stdout.includes('ghs_'));
});

test('doctor: problems are warnings or failures with advice, and no secret is shown', async () => {
  using folder = openTemporaryFolder();
  const { github, world, env } = await openGitHub();
  await using _github = github;
  for (const delivery of deliveriesOf(world)) github.log.recordLost(delivery, Date.now());
  for (const name of ['actions', 'organization_self_hosted_runners', 'organization_hooks'])
    github.withdrawn.add(name);
  const { code, stdout } = await doctor(
    { ...env, ANT_WATCHER_PUSH_URL: 'http://u:pass@127.0.0.1:1' },
    folder.path,
  );
  assert.equal(code, 1);
  for (const said of [
    /failed +permissions +runs and jobs of \S+ can't be read: GitHub answered 403 Resource not accessible by integration/,
    /warning +permissions +runners of lumen-works can't be read: GitHub answered 403 Resource not accessible by integration/,
    /warning +webhooks +hooks can't be seen/,
    /failed +webhooks +\d+ of the latest \d+ events of the App did not arrive; .*failed to connect/,
    /failed +receiver victoriametrics did not take a sample: connect ECONNREFUSED/,
    /→ grant it Actions: read/,
    /→ grant it Self-hosted runners: read/,
  ])
    assert.match(stdout, said);
  assert.ok(!stdout.includes('pass'));
});

test('doctor: with github.annotations the permission to read them is tried, with a job of the latest run', async () => {
  using folder = openTemporaryFolder();
  const { github, env } = await openGitHub();
  await using _github = github;
  const asking = { ...env, ANT_WATCHER_GITHUB_ANNOTATIONS: 'true' };
  const granted = await doctor(asking, folder.path);
  assert.match(granted.stdout, /ok +permissions +annotations of jobs of \S+ can be read/);
  github.withdrawn.add('checks');
  assert.doesNotMatch((await doctor(env, folder.path)).stdout, /annotations/);
  const { code, stdout } = await doctor(asking, folder.path);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /failed +permissions +annotations of jobs of \S+ can't be read, as github\.annotations asks/,
  );
  assert.match(stdout, /→ grant it Checks: read/);
});

test('doctor: a wrong token and an unreachable GitHub are failures', async () => {
  using folder = openTemporaryFolder();
  const { github, env } = await openGitHub();
  await using _github = github;
  const { ANT_WATCHER_GITHUB_API_URL, ANT_WATCHER_WEBHOOK_PORT, ANT_WATCHER_API_PORT } = env;
  const ports = { ANT_WATCHER_WEBHOOK_PORT, ANT_WATCHER_API_PORT };
  const wrong = { ...ports, ANT_WATCHER_GITHUB_API_URL, ANT_WATCHER_GITHUB_TOKEN: 'ghp_wrong' };
  const refused = await doctor(wrong, folder.path);
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /failed +credentials +the token does not get in/);
  const nobody = await doctor(
    { ...wrong, ANT_WATCHER_GITHUB_API_URL: `http://127.0.0.1:${await freePort()}` },
    folder.path,
  );
  assert.equal(nobody.code, 1);
  assert.match(nobody.stdout, /failed +GitHub +does not answer: .*ECONNREFUSED/);
  assert.deepEqual(found(nobody.stdout).at(-1), 'failed GitHub', 'nothing more is asked');
  assert.ok(!nobody.stdout.includes('ghp_wrong') && !refused.stdout.includes('ghp_wrong'));
  const polling = { ANT_WATCHER_WEBHOOK_SECRET: '', ANT_WATCHER_GITHUB_TOKEN: TOKEN };
  const alone = { ...wrong, ...polling, ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*' };
  const polled = await doctor(alone, folder.path);
  assert.equal(polled.code, 0, polled.stdout + polled.stderr);
  assert.match(polled.stdout, /ok +webhooks +none are taken: GitHub is polled/);
  assert.ok(!found(polled.stdout).includes('ok webhook listener'));
  const without = await doctor(ports, folder.path);
  assert.deepEqual(
    [without.code, /warning +GitHub +there is nothing to log in with/.test(without.stdout)],
    [0, true],
  );
});

test('doctor: next to the running service its database and addresses are in use; a wrong configuration exits with 2', async () => {
  const env = {
    ANT_WATCHER_WEBHOOK_PORT: String(await freePort()),
    ANT_WATCHER_API_PORT: String(await freePort()),
  };
  await using service = await startService({ env });
  const storage = { ANT_WATCHER_STORAGE_URL: 'sqlite:ant-watcher.db' };
  const { code, stdout } = await doctor(
    { ...env, ...storage, ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1' },
    service.folder,
  );
  assert.equal(code, 0, stdout);
  assert.match(stdout, /ok +storage +sqlite:ant-watcher.db is held by a running process/);
  assert.equal(
    stdout.match(/ok +(webhook|api) listener .* is held by an ant-watcher that lives/g)?.length,
    2,
  );
  assert.match(stdout, /warning +deliveries +the service has accepted none since its start at 20/);
  await service.metrics();
  const wrong = await doctor({ ANT_WATCHER_API_PORT: 'x' }, service.folder);
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
});

test('doctor: a database on a server is looked at with the password of the settings, which is not shown', async () => {
  using folder = openTemporaryFolder();
  await using server = await startPostgres({ isForgetful: false });
  const env = {
    ANT_WATCHER_WEBHOOK_PORT: String(await freePort()),
    ANT_WATCHER_API_PORT: String(await freePort()),
    ANT_WATCHER_STORAGE_URL: await server.createDatabase(),
    ANT_WATCHER_STORAGE_PASSWORD: 'very-secret',
  };
  const { code, stdout, stderr } = await doctor(env, folder.path);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /ok +storage +postgres:.* answers: PostgreSQL/);
  assert.match(stdout, /ok +storage +its tables will be made at the first start/);
  assert.ok(!`${stdout}${stderr}`.includes('very-secret'));
});
