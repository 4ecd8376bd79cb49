import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARC } from './arc.ts';
import { readOldFlags } from './read-old-flags.ts';

function read(...args: string[]) {
  const { values, unread } = readOldFlags(args, ARC, 'the flags');
  return { flags: values.map(({ name, value }) => [name, value]), unread };
}

test('flags have one hyphen or two, and their value with = or as the next word; the last one counts', () => {
  assert.deepEqual(
    read('/actions-metrics-server', '-webhook-addr', ':1', '--webhook-addr=:2', '--github-url=a=b').flags,
    [
      ['--github-url', 'a=b'],
      ['--webhook-addr', ':2'],
      ['--webhook-addr', ':1'],
    ],
  );
});

test('the value of a secret may begin with a hyphen, that of another flag does not', () => {
  assert.deepEqual(read('--github-token', '-x', '--log-level', '-y').flags, [
    ['--y', 'true'],
    ['--log-level', 'true'],
    ['--github-token', '-x'],
  ]);
});

test('a word that is no flag is named by its place', () => {
  assert.deepEqual(read('--log-level=info', 'a secret', '--UPPER=x').unread, [
    'word 2 of the flags is no flag',
    'word 3 of the flags is no flag',
  ]);
});
