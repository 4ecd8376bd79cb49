import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { AntError } from '../domain/errors.ts';

const POST = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
/** More than a connection buffers by itself. */
const LARGE_BYTES = 24 * 1024 ** 2;

/** An API whose engine returns a file of that size on each call. */
async function open(
  context: TestContext,
  bytes: number,
  options: Partial<Parameters<typeof openFixture>[1]> = {},
) {
  const folder = openTemporaryFolder();
  context.after(() => folder[Symbol.dispose]());
  const copies: string[] = [];
  const gate = Promise.withResolvers<void>();
  gate.resolve();
  const state = { gate: gate.promise };
  const fixture = await openFixture(context, {
    ...options,
    engine: {
      async copy() {
        const path = join(folder.path, `copy-${copies.length}`);
        copies.push(path);
        await state.gate;
        writeFileSync(path, Buffer.alloc(bytes, 'x'));
        return { path, bytes };
      },
    },
  });
  const backup = (headers: Record<string, string> = {}) =>
    ask(`${fixture.url}/api/v1/backup`, { ...POST, headers: { ...POST.headers, ...headers } });
  return { ...fixture, copies, state, backup };
}

/** Requests a backup and reads nothing of it. */
function askAndWait(port: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(
    'POST /api/v1/backup HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  );
  return socket;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a backup is sent whole, and nothing of it stays on disk', async (t) => {
  const { backup, copies } = await open(t, 100_000);
  const { status, headers, text } = await backup();
  assert.deepEqual([status, headers.get('Content-Length'), text.length], [200, '100000', 100_000]);
  assert.equal(headers.get('Cache-Control'), 'no-store');
  assert.equal(existsSync(copies[0] ?? ''), false);
});

test('a backup needs a token or this machine, even where reading is open', async (t) => {
  const access = {
    tokens: ['one'],
    basicAuths: ['ann:secret'],
    public: ['read', 'metrics', 'page'],
  } as const;
  const { url, backup, copies } = await open(t, 10, { access });
  const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  const statuses = [
    await backup(),
    await backup({ Authorization: 'Bearer two' }),
    await backup({ Authorization: basic }),
    await backup({ Authorization: 'Bearer one', 'Content-Type': 'text/plain' }),
    await ask(`${url}/api/v1/backup`, { headers: { Authorization: 'Bearer one' } }),
  ].map(({ status }) => status);
  assert.deepEqual(statuses, [401, 401, 403, 415, 404]);
  assert.deepEqual(copies, []);
  assert.equal((await backup({ Authorization: 'Bearer one' })).status, 200);
  const foreign = await open(t, 10, { host: '0.0.0.0' });
  assert.equal((await foreign.backup()).status, 403);
});

test('a second backup is refused while one is made or sent, and accepted afterwards', async (t) => {
  const { port, state, backup, copies } = await open(t, LARGE_BYTES);
  const gate = Promise.withResolvers<void>();
  state.gate = gate.promise;
  const first = askAndWait(port);
  await until(() => copies.length === 1);
  const refused = async () => {
    const { status, code } = await backup();
    return status === 409 && code === 'under_way';
  };
  assert.ok(await refused());
  gate.resolve();
  await until(() => first.bytesRead > 0);
  assert.ok(await refused());
  first.destroy();
  await until(async () => !(await refused()));
});

test('a client that does not read is cut off, and its file is deleted', async (t) => {
  const { url, port, copies, logged } = await open(t, LARGE_BYTES, { writeTimeoutMs: 100 });
  askAndWait(port);
  await until(() => logged('warn').length > 1);
  assert.deepEqual(logged('warn'), ['Response not read; connection closed', 'Backup aborted']);
  assert.equal(existsSync(copies[0] ?? ''), false);
  // Its headers are enough: whether the whole body is sent in that time depends on the machine.
  const next = await fetch(`${url}/api/v1/backup`, POST);
  assert.equal(next.status, 200);
  await next.body?.cancel();
});

test('a client that leaves before the copy is made leaves nothing behind', async (t) => {
  const { port, state, backup, copies, logged } = await open(t, LARGE_BYTES);
  const gate = Promise.withResolvers<void>();
  state.gate = gate.promise;
  const socket = askAndWait(port);
  await until(() => copies.length === 1);
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  gate.resolve();
  await until(() => logged('warn').length > 0);
  assert.equal(existsSync(copies[0] ?? ''), false);
  assert.equal((await backup()).status, 200);
});

test('a failed copy is answered with its code, and the next one may succeed', async (t) => {
  const errors = [
    new AntError('backup_unsupported', 'An in-memory store cannot be backed up.'),
    new AntError('store_unavailable', 'no room'),
    new AntError('store_damaged', 'a page is damaged'),
  ];
  const { url } = await openFixture(t, {
    engine: { copy: () => Promise.reject(errors.shift() ?? new Error('none left')) },
  });
  const answers = [];
  for (let count = 0; count < 3; count += 1) {
    const { status, code } = await ask(`${url}/api/v1/backup`, POST);
    answers.push([status, code]);
  }
  assert.deepEqual(answers, [
    [409, 'backup_unsupported'],
    [503, 'store_unavailable'],
    [500, 'store_damaged'],
  ]);
});
