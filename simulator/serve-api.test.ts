import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { signJwt } from '../test/fixtures/simulated-rest.ts';
import { openTemporaryFolder } from '../test/temporary-folder.ts';
import { runSimulate } from './simulate-command.ts';

type Item = Record<string, unknown>;

/** A receiver that accepts everything, and the guids that it received. */
async function openReceiver() {
  const guids: unknown[] = [];
  const server = createServer((request, response) => {
    guids.push(request.headers['x-github-delivery']);
    request.resume().on('end', () => response.writeHead(202).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
  return { guids, url, [Symbol.dispose]: () => server.close() };
}

function jwtFor(key: KeyObject): string {
  const nowS = Math.floor(Date.now() / 1000);
  return signJwt({ iss: 1_042_731, iat: nowS, exp: nowS + 60 }, key);
}

/** The running command, once it has printed `awaited`. */
async function start(args: readonly string[], awaited: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stop = new AbortController();
  const ended = runSimulate(args, { stdout, stderr, env: {}, signal: stop.signal });
  let said = '';
  for await (const part of stderr.iterator({ destroyOnReturn: false })) {
    said += part;
    if (said.includes(awaited)) break;
  }
  stderr.resume();
  const url = /The API is at (\S+)/.exec(said)?.[1] ?? '';
  return {
    get: async (path: string, token = 'ghp_simulated') => {
      const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
      return (await response.json()) as Item & Item[];
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      assert.equal(await ended, 0);
    },
  };
}

test('the API of a past world goes on after its end, and its log has the lost deliveries', async () => {
  const beganMs = Date.now();
  using receiver = await openReceiver();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  using folder = openTemporaryFolder({
    'app.pem': privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  });
  const key = join(folder.path, 'app.pem');
  const lossy = ['--runs', '12', '--span', '3h', '--loss', '0.3', '--in-flight', '0'];
  const args = [...lossy, '--url', receiver.url, '--secret', 's', '--serve-api', '0', '--api-app-key', key];
  await using simulation = await start(args, 'runs until interrupted');
  const log: Item[] = await simulation.get('/app/hook/deliveries?per_page=100', jwtFor(privateKey));
  const arrived = log.filter(({ status }) => status === 'OK').map(({ guid }) => guid);
  const failed = log.filter(({ status }) => status === 'failed to connect to host').map(({ guid }) => guid);
  assert.ok(failed.length > 5);
  assert.ok(
    arrived.length + failed.length === log.length && arrived.every((guid) => receiver.guids.includes(guid)),
  );
  assert.ok(failed.every((guid) => !receiver.guids.includes(guid)));
  // However long ago their events happened.
  const sentMs = log.map((entry) => Date.parse(String(entry.delivered_at)));
  assert.ok(Math.min(...sentMs) >= Math.floor(beganMs / 1000) * 1000 && Math.max(...sentMs) <= Date.now());
  const { workflow_runs: runs } = await simulation.get('/repos/lumen-works/web-shop/actions/runs');
  assert.ok((runs as Item[]).length > 0 && (runs as Item[]).every(({ status }) => status === 'completed'));
  assert.equal((await simulation.get('/rate_limit', 'wrong')).message, 'Bad credentials');
});

test('silently lost deliveries are neither received nor in the log', async () => {
  using receiver = await openReceiver();
  const args = ['--runs', '3', '--silent-loss', '1', '--url', receiver.url, '--secret', 's'];
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  using folder = openTemporaryFolder({
    'app.pem': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  const api = ['--serve-api', '0', '--api-app-key', join(folder.path, 'app.pem')];
  await using simulation = await start([...args, ...api], 'runs until interrupted');
  assert.deepEqual(await simulation.get('/app/hook/deliveries', jwtFor(privateKey)), []);
  assert.deepEqual(receiver.guids, []);
});

test('the API of a live world shows only what has happened', async () => {
  using receiver = await openReceiver();
  const live = ['--speed', '3600', '--runs-per-hour', '60', '--url', receiver.url, '--secret', 's'];
  await using simulation = await start([...live, '--serve-api', '0', '--api-token', 'mine'], 'The API is at');
  const listed = async () =>
    (await simulation.get('/repos/lumen-works/web-shop/actions/runs', 'mine')).total_count;
  const first = Number(await listed());
  while (Number(await listed()) < first + 3);
  const { workflow_runs: runs } = await simulation.get('/repos/lumen-works/web-shop/actions/runs', 'mine');
  assert.ok((runs as Item[]).some(({ status }) => status !== 'completed'));
});

test('hooks, faults and limits of the API follow the options', async () => {
  const hostile = ['--api-hooks', 'repository', '--api-faults', 'error=0', '--api-limit', '5/10s'];
  await using simulation = await start(
    ['--runs', '5', '--no-send', '--serve-api', '0', ...hostile, '--api-burst', '9/1m'],
    'runs until interrupted',
  );
  const hooks = async (place: string) => (await simulation.get(`${place}/hooks`)).length;
  assert.deepEqual([await hooks('/repos/lumen-works/web-shop'), await hooks('/orgs/lumen-works')], [1, 0]);
  const messages: unknown[] = [];
  for (let asked = 0; asked < 8; asked++) messages.push((await simulation.get('/app')).message);
  assert.match(messages.join('; '), /API rate limit exceeded.*secondary rate limit/);
});

test('an API told to fail always fails', async () => {
  await using simulation = await start(
    ['--runs', '1', '--no-send', '--serve-api', '0', '--api-faults', 'error=1'],
    'runs until interrupted',
  );
  assert.deepEqual(await simulation.get('/meta'), { message: 'Server Error' });
});

test('without sending, only the API runs', async () => {
  await using simulation = await start(
    ['--runs', '5', '--no-send', '--serve-api', '0'],
    'runs until interrupted',
  );
  const repositories = await simulation.get('/orgs/lumen-works/repos');
  assert.ok(repositories.length > 1);
});

test('a port in use and an invalid key are reported at once', async () => {
  using receiver = await openReceiver();
  const io = { stdout: new PassThrough(), stderr: new PassThrough(), env: {} };
  const run = (args: string[]) => runSimulate(['--runs', '1', '--no-send', ...args], io);
  const port = new URL(receiver.url).port;
  await assert.rejects(run(['--serve-api', port]), { code: 'command_failed', message: /EADDRINUSE/ });
  await assert.rejects(run(['--serve-api', 'x']), {
    code: 'usage',
    message: /--serve-api must be a whole number/,
  });
  const noKey = ['--serve-api', '0', '--api-app-key', import.meta.filename];
  await assert.rejects(run(noKey), { code: 'usage', message: /--api-app-key cannot be read/ });
});
