import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelText } from '../../domain/label-text.ts';
import { linesOf, numberOf, readSampleLine } from './exposition-lines.ts';

const NAME = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,9}$/);
const VALUE = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'n', ',', '=', '{', '}', ' ', '🙂') });

test('everything that our exposition writes can be read back', () => {
  const labels = fc.uniqueArray(fc.tuple(NAME, VALUE), { selector: ([name]) => name });
  fc.assert(
    fc.property(NAME, labels, fc.double(), (metric, pairs, value) => {
      const names = pairs.map(([name]) => name);
      const text = labelText(
        names,
        pairs.map(([, each]) => each),
      );
      const line = `${metric}${text === '' ? '' : `{${text}}`} ${value}`;
      const read = readSampleLine(line);
      const told = pairs.filter(([, each]) => each !== '');
      assert.deepEqual(read, { metric, labels: told, value: String(value) });
    }),
  );
});

test('numbers are parsed in all their forms', () => {
  for (const [text, value] of [
    ['1.5', 1.5],
    ['1e+21', 1e21],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
  ] as const) {
    assert.equal(numberOf(text), value);
  }
});

test('only complete lines are returned, comments are not samples, and anything else is a bug', () => {
  assert.deepEqual([...linesOf('a 1\n\n# b\n')], ['a 1', '', '# b']);
  assert.deepEqual([...linesOf('')], []);
  assert.equal(readSampleLine('# HELP a b'), null);
  for (const line of ['', 'a', 'a{b="c" 1', 'a 1 2', '{} 1'])
    assert.throws(() => readSampleLine(line), /no such line/);
});
