import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { OpenFile } from './open-file.ts';

const HEADER = 'SQLite format 3\0'.padEnd(100, 'h');
const CONTENT = HEADER.padEnd(4096, 'x');

function open(context: TestContext) {
  const folder = openTemporaryFolder({ 'a.db': CONTENT, 'a.db-wal': 'log' });
  const path = join(folder.path, 'a.db');
  const file = new OpenFile(path);
  context.after(() => {
    file.close();
    folder[Symbol.dispose]();
  });
  return { file, path, log: `${path}-wal` };
}

function writeHeader(path: string, letter: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, letter, 50);
  closeSync(file);
}

test('our own recorded writes are not foreign, and unrecorded ones are', (context) => {
  const { file, path, log } = open(context);
  assert.equal(file.look(), 'in_place');
  writeHeader(path, 'i');
  appendFileSync(path, 'more');
  appendFileSync(log, 'more');
  file.note();
  assert.equal(file.look(), 'in_place');
  truncateSync(path, CONTENT.length);
  assert.equal(file.look(), 'overwritten');
});

test('a changed header is foreign, even if the size has not changed; a new time alone is not', (context) => {
  const { file, path } = open(context);
  utimesSync(path, 1, 1);
  chmodSync(path, 0o600);
  appendFileSync(path, 'what SQLite does not read');
  assert.equal(file.look(), 'in_place');
  writeHeader(path, 'i');
  assert.equal(file.look(), 'overwritten');
});

test('a shortened log was overwritten, and a log that is not ours was removed', (context) => {
  const { file, log } = open(context);
  appendFileSync(log, 'longer');
  assert.equal(file.look(), 'in_place');
  file.note();
  truncateSync(log, 3);
  assert.equal(file.look(), 'overwritten');
  renameSync(log, `${log}.away`);
  assert.equal(file.look(), 'log_removed');
  writeFileSync(log, 'another one');
  assert.equal(file.look(), 'log_removed');
  file.removeLog();
  assert.equal(file.setLogAside('.aside'), null, 'what is not ours is left alone');
  assert.equal(file.look(), 'log_removed');
  file.forgetLog();
  file.note();
  assert.equal(file.look(), 'in_place');
});

test('it reports where the file has gone, and whether it still has a name', (context) => {
  const { file, path } = open(context);
  renameSync(path, `${path}.away`);
  writeFileSync(path, CONTENT);
  assert.deepEqual([file.look(), file.whereabouts], ['moved', `${path}.away`]);
  renameSync(`${path}.away`, join(dirname(path), '.nfs0000000000a1b2c3'));
  assert.equal(file.look(), 'removed', 'a file server keeps it until it is closed');
  renameSync(join(dirname(path), '.nfs0000000000a1b2c3'), `${path}.away`);
  assert.equal(file.look(), 'moved');
  rmSync(`${path}.away`);
  assert.equal(file.look(), 'removed');
});
