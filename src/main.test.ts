import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import packageJson from '../package.json' with { type: 'json' };
import { preload } from '../test/faults.ts';
import { BIN, type StartOptions, startAntWatcher } from '../test/run-ant-watcher.ts';
import { openTemporaryFolder } from '../test/temporary-folder.ts';

const ENV = { ANT_WATCHER_WEBHOOK_SECRET: 'hunter2-hunter2-hunter2' };

/** The end of a `startApp` function: addresses, a promise `failed`, and `close`. */
function appOf({ before = '', failed = 'new Promise(() => {})', close = '' }): string {
  return `${before}
    const alive = setInterval(() => {}, 1000);
    return {
      webhookAddress: { host: settings.webhook.host, port: 1 },
      apiAddress: { host: settings.api.host, port: 2 },
      failed: ${failed},
      queue: async () => ({ pending: 3 }),
      announceStop() {},
      async close() { logger.info('Closing'); ${close} },
      closingStep: () => 'engine: receivers',
    };`;
}

async function run(args: readonly string[], options: StartOptions = {}) {
  using started = startAntWatcher(args, options);
  return await started.ended();
}

test('version, help and the help of every command are printed', async () => {
  const { version } = packageJson;
  for (const args of [['version'], ['--version']]) {
    assert.deepEqual(await run(args), { code: 0, stdout: `ant-watcher ${version}\n`, stderr: '' });
  }
  const help = await run(['help']);
  assert.match(help.stdout, /Commands:\n {2}serve/);
  assert.deepEqual(await run(['--help']), help);
  assert.deepEqual(await run(['-h']), help);
  const serve = await run(['serve', '--api.port', '1', '--help']);
  assert.match(serve.stdout, /--webhook\.port VALUE \(8080\)[\s\S]*ANT_WATCHER_WEBHOOK_SECRET\[_FILE\]/);
  assert.deepEqual(await run(['help', 'serve']), serve);
  assert.deepEqual(await run(['--api.port', '1', '--help']), serve);
  for (const command of ['check-config', 'print-config', 'doctor', 'health', 'version', 'help']) {
    const { code, stdout } = await run([command, '-h']);
    assert.deepEqual([code, stdout.startsWith(`Usage: ant-watcher ${command}`)], [0, true]);
  }
});

test('a wrong command line exits with 2 and shows the nearest name', async () => {
  const cases: [string[], RegExp][] = [
    [['srve'], /no command "srve"\nhint: did you mean serve\?/],
    [['help', 'chek-config'], /did you mean check-config\?/],
    [['version', 'x'], /takes no more arguments/],
    [['--webhook.prot', '1'], /did you mean --webhook\.port\?/],
  ];
  for (const [args, said] of cases) {
    const { code, stdout, stderr } = await run(args, { env: ENV });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, said);
  }
});

test('serve and check-config refuse a missing webhook secret, print-config does not need one', async () => {
  for (const args of [[], ['serve'], ['check-config']]) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2);
    assert.match(stderr, /webhook\.secret \(ANT_WATCHER_WEBHOOK_SECRET\)\n.*not set[\s\S]*openssl rand/);
  }
  assert.deepEqual(await run(['check-config'], { env: ENV }), {
    code: 0,
    stdout: 'The configuration is valid.\n',
    stderr: '',
  });
  const { code, stdout } = await run(['print-config', '--api.port=7'], { env: ENV });
  assert.equal(code, 0);
  assert.match(stdout, /secret: <secret>[\s\S]*port: 7 # --api\.port/);
  assert.doesNotMatch(stdout, /hunter2/);
});

test('check-config refuses what serve would refuse when it opens the receivers', async () => {
  const refused = [
    [
      { ANT_WATCHER_PUSH_URL: 'http://prometheus:9090/api/v1/write' },
      /endpoint of the protocol remote_write/,
    ],
    [
      { ANT_WATCHER_PUSH_URL: 'http://vm', ANT_WATCHER_PUSH_HEADERS: 'Content-Length: 5' },
      /set by ant-watcher/,
    ],
    [
      { ANT_WATCHER_PUSH_URL: 'http://vm', ANT_WATCHER_PUSH_CA_FILE: import.meta.filename },
      /contains no PEM certificates/,
    ],
  ] as const;
  for (const [env, reason] of refused) {
    const { code, stderr } = await run(['check-config'], { env: { ...ENV, ...env } });
    assert.equal(code, 2);
    assert.match(stderr, reason);
  }
});

test('a configuration can be checked without its secrets and its certificates', async () => {
  using folder = openTemporaryFolder({
    'c.yaml':
      'api:\n  tls_cert_file: cert.pem\n  tls_key_file: key.pem\ngithub:\n  ca_file: ca.pem\nsinks:\n  - url: http://vm\n    ca_file: vm.pem\n    token_file: vm-token\n',
  });
  const options = { cwd: folder.path, env: { ANT_WATCHER_WEBHOOK_SECRET_FILE: '/run/secrets/webhook' } };
  const flags = ['--config', 'c.yaml'];
  assert.equal((await run(['check-config', ...flags], options)).code, 2);
  const checked = await run(['check-config', '--without-secrets', ...flags], options);
  assert.deepEqual([checked.code, checked.stderr], [0, '']);
  assert.match(checked.stdout, /valid, but for the secrets that are not here/);
  const wrong = await run(['check-config', ...flags, '--without-secrets', '--api.port=x'], options);
  assert.equal(wrong.code, 2);
  assert.equal((await run(['serve', '--without-secrets'], options)).code, 2);
});

const AT_A_TERMINAL = preload(`
  import tty from 'node:tty';
  import { syncBuiltinESMExports } from 'node:module';
  tty.isatty = () => true;
  syncBuiltinESMExports();`);

test('the log is JSON in a pipe and text at a terminal, unless its format is set', async () => {
  const env = {
    ...ENV,
    ANT_WATCHER_STORAGE_URL: `sqlite:${import.meta.filename}`,
    ANT_WATCHER_API_PORT: '0',
  };
  const [piped, seen, set] = await Promise.all([
    run(['--webhook.port=0'], { env }),
    run(['--webhook.port=0'], { env: { ...env, NODE_OPTIONS: AT_A_TERMINAL } }),
    run(['--webhook.port=0', '--log.format=json'], { env: { ...env, NODE_OPTIONS: AT_A_TERMINAL } }),
  ]);
  for (const { code, stdout } of [piped, set]) {
    assert.equal(code, 1);
    for (const line of stdout.trim().split('\n')) assert.equal(typeof JSON.parse(line).msg, 'string');
  }
  assert.equal(seen.code, 1);
  assert.match(seen.stdout, /^\S+Z ERROR Start failed: .*\(store_\w+\) code=start_failed\n {4}hint: .*\n$/m);
  assert.doesNotMatch(seen.stdout, /\n\s*at /);
});

test('a reader that goes away, as head does, ends a command silently', async () => {
  for (const args of [['help', 'serve'], ['print-config'], ['help', 'simulate']]) {
    const child = spawn(BIN, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...ENV },
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      stderr += part;
    });
    await Promise.all([once(child, 'exit'), once(child.stderr, 'end')]);
    assert.deepEqual([child.exitCode, stderr], [1, ''], args.join(' '));
  }
});

test('the configuration file in the working directory is read', async () => {
  using folder = openTemporaryFolder({ 'config/config.json': '{"log": {"level": "warn"}}' });
  const { stdout } = await run(['print-config'], { cwd: folder.path });
  assert.match(stdout, /level: warn # config\/config\.json line 1/);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} closes the service and exits with 0, even if something is left open`, async () => {
    using service = startAntWatcher(['--webhook.host=127.0.0.1'], { env: ENV, app: appOf({}) });
    const { webhook, api } = await service.logged('Ready');
    assert.deepEqual(
      [webhook, api],
      [
        { host: '127.0.0.1', port: 1 },
        { host: '127.0.0.1', port: 2 },
      ],
    );
    service.signal(signal);
    const { code, stdout, stderr } = await service.ended();
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /"Stopping"[\s\S]*"Closing"[\s\S]*"Stopped"/);
  });
}

test('a signal during the start closes the service as soon as it has started', async () => {
  const before = `logger.info('Starting'); await new Promise((resolve) => setTimeout(resolve, 300));`;
  using service = startAntWatcher([], { env: ENV, app: appOf({ before }) });
  await service.logged('Starting');
  service.signal('SIGTERM');
  const { code, stdout } = await service.ended();
  assert.equal(code, 0);
  assert.match(stdout, /"Closing"[\s\S]*"Stopped"/);
});

test('a close that takes longer than shutdown.grace exits with 1', async () => {
  const app = appOf({ close: 'await new Promise(() => {});' });
  using service = startAntWatcher(['--shutdown.grace', '200ms'], { env: ENV, app });
  await service.logged('Ready');
  service.signal('SIGTERM');
  const { code, stdout } = await service.ended();
  assert.equal(code, 1);
  assert.match(stdout, /"step":"engine: receivers","code":"stop_timed_out","msg":"Stop timed out; exiting"/);
});

test('a second signal exits at once with 1', async () => {
  const app = appOf({ close: 'await new Promise(() => {});' });
  using service = startAntWatcher([], { env: ENV, app });
  await service.logged('Ready');
  service.signal('SIGTERM');
  await service.logged('Closing');
  await setTimeout(700);
  service.signal('SIGINT');
  const { code, stdout } = await service.ended();
  assert.equal(code, 1);
  assert.match(stdout, /Second signal/);
});

test('one stop that arrives as two signals, as npm forwards it, closes the service normally', async () => {
  const app = appOf({ close: 'await new Promise((resolve) => setTimeout(resolve, 200));' });
  using service = startAntWatcher([], { env: ENV, app });
  await service.logged('Ready');
  service.signal('SIGINT');
  await service.logged('Closing');
  service.signal('SIGINT');
  assert.equal((await service.ended()).code, 0);
});

test('a start that fails is one error with code, message and hint', async () => {
  const app = `const { AntError } = await import(${JSON.stringify(new URL('./domain/errors.ts', import.meta.url).href)});
    throw new AntError('store_locked', 'the file is in use', { hint: 'stop the other' });`;
  const { code, stdout, stderr } = await run([], { env: ENV, app });
  const line = JSON.parse(stdout);
  assert.deepEqual([code, stderr, line.level, line.msg], [1, '', 'error', 'Start failed']);
  assert.deepEqual(
    [line.err.code, line.err.message, line.err.hint],
    ['store_locked', 'the file is in use', 'stop the other'],
  );
});

test('when a part fails, the rest is closed and the process exits with 1', async () => {
  const errors = JSON.stringify(new URL('./domain/errors.ts', import.meta.url).href);
  const failed = `Promise.reject(new (await import(${errors})).AntError('store_damaged', 'no sound database'))`;
  const { code, stdout } = await run([], { env: ENV, app: appOf({ failed }) });
  assert.equal(code, 1);
  assert.match(stdout, /no sound database[\s\S]*"Part of the service failed; stopping"[\s\S]*"Closing"/);
});

test('when a bug ends a part, it is reported, and nothing else is tried', async () => {
  const app = appOf({ failed: `Promise.reject(new Error('engine thread gone'))` });
  const { code, stdout } = await run([], { env: ENV, app });
  assert.equal(code, 1);
  assert.match(stdout, /engine thread gone[\s\S]*"Bug; stopping at once"/);
  assert.doesNotMatch(stdout, /"msg":"Closing"/);
});

test('a bug is logged with its stack and exits with 1, thrown or rejected', async () => {
  for (const bug of [
    `setTimeout(() => { throw new Error('oops'); });`,
    `Promise.reject(new Error('oops'));`,
  ]) {
    const { code, stdout } = await run([], { env: ENV, app: appOf({ before: bug }) });
    const line = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    assert.deepEqual([code, line.msg, line.err.message], [1, 'Bug; stopping at once', 'oops']);
    assert.match(line.err.stack, /startApp|Timeout/);
    assert.equal(line.thread, 'main');
    assert.equal(line.version, packageJson.version);
    assert.match(line.node, /^v\d+\./);
    assert.ok(line.uptimeSeconds >= 0 && line.rssBytes > 0 && line.heapUsedBytes > 0);
    assert.deepEqual(line.queue, { pending: 3 });
  }
});
