import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openDatabase } from '../../store/sqlite/database.ts';
import { runBackup } from './backup-command.ts';

const PAGE_BYTES = 4096;

/** A valid database, and a folder for backups. */
function filesOf(context: TestContext) {
  const folders = [openTemporaryFolder(), openTemporaryFolder()] as const;
  context.after(() => {
    for (const each of folders) each[Symbol.dispose]();
  });
  const path = join(folders[0].path, 'a.db');
  openDatabase(`sqlite:${path}`).close();
  return { sound: readFileSync(path), target: folders[1].path };
}

/** Runs the command against a server that answers like this. */
async function backUp(context: TestContext, file: string, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return runBackup([file, '--url', url], { stdout: new PassThrough(), env: {} });
}

test('a damaged, truncated or foreign answer leaves no backup file', async (t) => {
  const { sound, target } = filesOf(t);
  const damaged = Buffer.from(sound).fill(255, 3 * PAGE_BYTES, 4 * PAGE_BYTES);
  const answers: Readonly<Record<string, RequestListener>> = {
    damaged: (_, response) => response.end(damaged),
    'another file': (_, response) => response.end('<html>Welcome to the proxy</html>'),
    nothing: (_, response) => response.end(),
    'cut off': (_, response) => {
      response.writeHead(200, { 'Content-Length': sound.length });
      response.write(sound.subarray(0, PAGE_BYTES), () => response.destroy());
    },
    'cut off without a length': (_, response) => {
      response.write(sound.subarray(0, PAGE_BYTES), () => response.destroy());
    },
  };
  for (const [name, answer] of Object.entries(answers)) {
    const failed = backUp(t, join(target, 'b.db'), answer);
    await assert.rejects(failed, ({ code }) => code === 'command_failed' || code === 'store_damaged', name);
    assert.deepEqual(readdirSync(target), [], name);
  }
  assert.equal(await backUp(t, join(target, 'b.db'), (_, response) => response.end(sound)), 0);
  assert.deepEqual(readdirSync(target), ['b.db']);
});

test('leftovers of a killed backup are replaced, and those of a running one are not touched', async (t) => {
  const { sound, target } = filesOf(t);
  const file = join(target, 'b.db');
  writeFileSync(`${file}.partial`, 'half');
  const busy = '{"error":{"code":"under_way","message":"A backup is already running."}}';
  const refused = backUp(t, file, (_, response) => response.writeHead(409).end(busy));
  await assert.rejects(refused, { code: 'command_failed', message: /409.*already running/ });
  assert.deepEqual(readdirSync(target), ['b.db.partial']);
  assert.equal(await backUp(t, file, (_, response) => response.end(sound)), 0);
  assert.deepEqual(readdirSync(target), ['b.db']);
});

test('a file that appears meanwhile is not overwritten', async (t) => {
  const { sound, target } = filesOf(t);
  const file = join(target, 'b.db');
  const answer: RequestListener = (_, response) => {
    writeFileSync(file, 'precious');
    response.end(sound);
  };
  await assert.rejects(backUp(t, file, answer), { code: 'usage', message: /already exists/ });
  assert.deepEqual([readdirSync(target), readFileSync(file, 'utf8')], [['b.db'], 'precious']);
});
