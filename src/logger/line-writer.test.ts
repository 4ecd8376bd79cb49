import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openLineWriter } from './line-writer.ts';

type Write = Parameters<typeof openLineWriter>[1];

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('a line is written in one call, and the rest of a partial write in the next', () => {
  const written: string[] = [];
  const write = ((_: number, rest: Buffer) => {
    const part = rest.subarray(0, 6);
    written.push(part.toString());
    return part.length;
  }) as Write;
  openLineWriter(1, write).write('a line');
  openLineWriter(1, write).write('a longer line');
  assert.deepEqual(written, ['a line', 'a long', 'er lin', 'e']);
});

test('a full pipe is waited for', () => {
  const written: string[] = [];
  let refusals = 3;
  const write = ((_: number, rest: Buffer) => {
    if (refusals-- > 0) throw failure('EAGAIN');
    written.push(rest.toString());
    return rest.length;
  }) as Write;
  openLineWriter(1, write).write('a\n');
  assert.deepEqual(written, ['a\n']);
});

test('lines that cannot be written are counted, and the count is written as soon as possible', () => {
  const written: string[] = [];
  let full = true;
  const write = ((_: number, rest: Buffer) => {
    if (full) throw failure('ENOSPC');
    written.push(rest.toString());
    return rest.length;
  }) as Write;
  const writer = openLineWriter(1, write);
  writer.write('a\n');
  writer.write('b\n');
  full = false;
  writer.write('c\n');
  writer.write('d\n');
  const { msg, count } = JSON.parse(written[0] ?? '') as Record<string, unknown>;
  assert.deepEqual([msg, count, ...written.slice(1)], ['Log lines were lost', 2, 'c\n', 'd\n']);
});

test('a pipe without a reader is waited for once, and a partly written line is completed before the next', () => {
  const written: string[] = [];
  let [room, refusals] = [4, 0];
  const write = ((_: number, rest: Buffer) => {
    if (room === 0) {
      refusals += 1;
      throw failure('EAGAIN');
    }
    const part = rest.subarray(0, room);
    room -= part.length;
    written.push(part.toString());
    return part.length;
  }) as Write;
  const writer = openLineWriter(1, write);
  writer.write('a long line\n');
  const waited = refusals;
  writer.write('b\n');
  assert.deepEqual([waited > 1, refusals - waited], [true, 1]);
  room = 1000;
  writer.write('c\n');
  const [begun, end, lost = '', next] = written;
  assert.deepEqual([begun, end, JSON.parse(lost).count, next], ['a lo', '\n', 2, 'c\n']);
});

test('lines of two threads do not mix', async () => {
  const program = `
    import { Worker, isMainThread, threadId } from 'node:worker_threads';
    import { openLogger } from ${JSON.stringify(new URL('./open-logger.ts', import.meta.url).href)};
    const logger = openLogger({ level: () => 'info', format: 'json', fields: { threadId } });
    if (isMainThread) new Worker(new URL(import.meta.url));
    for (let i = 0; i < 2000; i++) logger.info('A line', { i, filler: 'x'.repeat(i % 1000) });
  `;
  const url = `data:text/javascript,${encodeURIComponent(program)}`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', `await import(${JSON.stringify(url)})`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines = (await text(child.stdout)).trimEnd().split('\n');
  assert.equal(lines.length, 4000);
  for (const line of lines) JSON.parse(line);
});
