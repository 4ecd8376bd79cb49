import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvFile } from './read-env-file.ts';

test('variables are read as Docker and systemd write them, the last one first', () => {
  const text = `# comment
A=plain value # kept
export B="two
lines \\"quoted\\""\r
 C = 'single # kept' # not kept
D=
A=again`;
  const { values, unread } = readEnvFile(text, '.env');
  assert.deepEqual(
    values.map(({ name, value, from }) => [name, value, from]),
    [
      ['A', 'again', '.env line 7'],
      ['D', '', '.env line 6'],
      ['C', 'single # kept', '.env line 5'],
      ['B', 'two\nlines "quoted"', '.env line 3'],
      ['A', 'plain value # kept', '.env line 2'],
    ],
  );
  assert.deepEqual(unread, []);
});

test('a key that was pasted without quotes is named by its lines only', () => {
  const { values, unread } = readEnvFile('KEY=-----BEGIN\nMIIEow/IBAA\nabCd==\nB=1\n', 'f');
  assert.deepEqual(
    values.map(({ name }) => name),
    ['B', 'KEY'],
  );
  assert.deepEqual(unread, ['f line 2 has no variable', 'f line 3 has no variable']);
});
