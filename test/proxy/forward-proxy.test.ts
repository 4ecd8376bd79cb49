import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUDIENCE } from '../fixtures/oidc-issuer.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { CERTIFICATE } from './certificate.ts';
import { ISSUER, startCompany } from './company.ts';
import { PASSWORD, startTinyproxy, USER } from './tinyproxy.ts';

const PATIENCE_MS = 30_000;
const BASE64 = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');

async function open(lines: readonly string[] = []) {
  // If the proxy does not start, the others must not keep the tests from ending.
  await using parts = new AsyncDisposableStack();
  const company = parts.use(await startCompany());
  const proxy = parts.use(await startTinyproxy([`Upstream http ${company.gateway} ".ants.test"`, ...lines]));
  const folder = parts.use(openTemporaryFolder({ 'ca.pem': CERTIFICATE }));
  const caFile = join(folder.path, 'ca.pem');
  const opened = parts.move();
  return {
    company,
    proxy,
    folder,
    env: {
      ANT_WATCHER_WEBHOOK_SECRET: 'a secret of the webhook',
      ANT_WATCHER_WEBHOOK_ALLOWED_IPS: 'github, 127.0.0.1',
      ANT_WATCHER_GITHUB_API_URL: 'https://github.ants.test',
      ANT_WATCHER_GITHUB_CA_FILE: caFile,
      ANT_WATCHER_GITHUB_TOKEN: 'ghp_ofTheTests0123',
      ANT_WATCHER_GITHUB_REPOSITORIES: 'octo/hill',
      ANT_WATCHER_SINKS: JSON.stringify([
        { name: 'plain', url: 'http://vm.ants.test' },
        { name: 'secure', url: 'https://vm.ants.test', ca_file: caFile },
      ]),
      ANT_WATCHER_PUSH_SNAPSHOT_INTERVAL: '1s',
      ANT_WATCHER_JOBS_OIDC_AUDIENCE: AUDIENCE,
      ANT_WATCHER_JOBS_OIDC_ISSUER: ISSUER,
      ANT_WATCHER_JOBS_ALLOWED_OWNERS: '70',
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  using folder = openTemporaryFolder();
  using started = startAntWatcher(args, { cwd: folder.path, env });
  const { code, stdout, stderr } = await started.ended();
  return { code, text: stdout + stderr };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, what);
    await sleep(50);
  }
}

function assertNoPassword(texts: readonly string[]): void {
  for (const text of texts) {
    assert.ok(!text.includes(PASSWORD), text);
    assert.ok(!text.includes(BASE64), text);
  }
}

test('all outgoing requests go through the proxy, whose password stays secret', async () => {
  await using network = await open();
  const { company, proxy } = network;
  // One as most write it, one in lowercase; the excluded receiver is not a host of this test.
  const env = {
    ...network.env,
    HTTPS_PROXY: proxy.url,
    http_proxy: proxy.url,
    NO_PROXY: '.internal.example',
  };
  await using service = await startService({ env });
  const pushed = await fetch(`${service.apiUrl}/push`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await company.token()}`, 'Content-Type': 'text/plain' },
    body: 'coverage 0.5\n',
  });
  assert.ok(pushed.ok, await pushed.text());
  const wanted = [
    'https://github.ants.test/api/v3/meta',
    'https://github.ants.test/api/v3/repos/octo/hill/actions/runners',
    'https://tokens.ants.test/keys',
    'http://vm.ants.test/api/v1/import/prometheus',
    'https://vm.ants.test/api/v1/import/prometheus',
  ];
  await until(`not all of it came: ${company.seen.join(' ')}`, () =>
    wanted.every((url) => company.seen.includes(url)),
  );
  const requests = proxy.requests();
  for (const host of ['github', 'tokens', 'vm'])
    assert.ok(requests.includes(`CONNECT ${host}.ants.test:443`), `${host}: ${requests.join(', ')}`);
  assert.ok(requests.some((each) => each.startsWith('POST http://vm.ants.test/')));

  const health = await (await service.get('/health')).text();
  const printed = await run(['print-config'], env);
  const examined = await run(['doctor'], env);
  assert.match(examined.text, new RegExp(`https:// goes through http://${proxy.address};`));
  assert.match(examined.text, /^ok +receiver secure +took a sample/m);
  assert.match(examined.text, /^ok +job tokens +the keys of https:\/\/tokens\.ants\.test can be read$/m);
  assert.match(service.log, /"https_proxy":"http:\/\/127\.0\.0\.1:\d+"/);
  assertNoPassword([service.log, health, await service.exposition(), printed.text, examined.text]);
});

test('a command asks the service on this machine without a proxy', async () => {
  await using service = await startService();
  const [, port = ''] = service.apiAddress.split(':');
  // Nothing listens there; Node.js itself would use it for each request that is not told otherwise.
  const proxy = 'http://127.0.0.1:9';
  const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: '1', ANT_WATCHER_API_PORT: port };
  const { text } = await run(['explain', '--job', '1'], env);
  assert.doesNotMatch(text, /No answer/);
  assert.match(text, /no job 1|not known|nothing/i);
});

test('doctor: a proxy that rejects the password is distinguished from one that does not ask for it', async () => {
  await using network = await open();
  const wrong = `http://${USER}:hunter2-hunter2@${network.proxy.address}`;
  const refused = await run(['doctor'], { ...network.env, HTTPS_PROXY: wrong, HTTP_PROXY: wrong });
  assert.equal(refused.code, 1);
  assert.match(refused.text, /^failed +GitHub +.*the proxy \S+ rejects the user and password \(401\)/m);
  assert.match(refused.text, /^failed +receiver secure +.*the proxy .* \(401\)/m);
  assert.match(refused.text, /^failed +receiver plain +did not take a sample: 401/m);
  assert.match(refused.text, /put the right USER:PASSWORD@ in front of its host in HTTPS_PROXY/);
  assert.doesNotMatch(refused.text, /hunter2/);
  const without = await run(['doctor'], { ...network.env, HTTPS_PROXY: network.proxy.address });
  assert.match(without.text, /^failed +GitHub +.*asks for a user and password \(407\)/m);
  assert.deepEqual(network.company.seen, []);
});

test('doctor: a forbidding proxy, an unreachable server and TLS interception each have their advice', async () => {
  await using network = await open(['ConnectPort 8443']);
  const env = { ...network.env, HTTPS_PROXY: network.proxy.url };
  const forbidden = await run(['doctor'], env);
  assert.match(forbidden.text, /refuses a tunnel to github\.ants\.test \(403\)/);
  assert.match(forbidden.text, /allow the host and its port there/);

  await using open443 = await open();
  const unknown = {
    ...env,
    HTTPS_PROXY: open443.proxy.url,
    ANT_WATCHER_GITHUB_API_URL: 'https://github.invalid',
  };
  assert.match(
    (await run(['doctor'], unknown)).text,
    /the proxy \S+ does not reach github\.invalid \(5\d\d\)/,
  );

  const { ANT_WATCHER_GITHUB_CA_FILE: _, ...untrusting } = open443.env;
  const intercepted = await run(['doctor'], { ...untrusting, HTTPS_PROXY: open443.proxy.url });
  assert.match(intercepted.text, /the certificate of github\.ants\.test is not trusted/);
  assert.match(intercepted.text, /name the certificate of its authority in github\.ca_file/);

  const direct = await run(['doctor'], open443.env);
  assert.match(direct.text, /ENOTFOUND github\.ants\.test|EAI_AGAIN/);
  assert.match(direct.text, /If only your proxy knows such names, set HTTPS_PROXY/);
});

test('a receiver blocked by the proxy is reported with the reason', async () => {
  await using network = await open();
  const { company, proxy, env } = network;
  const wrong = `http://${USER}:hunter2-hunter2@${proxy.address}`;
  await using service = await startService({ env: { ...env, HTTPS_PROXY: wrong, HTTP_PROXY: wrong } });
  await until('the refusal is not logged', () => /rejects the user and password/.test(service.log));
  assert.doesNotMatch(service.log, /hunter2/);
  assert.deepEqual(company.seen, []);
  const health = await (await service.get('/health')).text();
  assert.doesNotMatch(health, /hunter2/);
});
