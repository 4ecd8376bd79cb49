import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobLabel, labelValues, MAX_TEXT_LENGTH, runsOnLabel } from './label-value.ts';

test("a job's label is its name without the values of its matrix", () => {
  for (const [name, label] of [
    ['build', 'build'],
    ['build (20, ubuntu-latest)', 'build'],
    ['build (f(x), (y))', 'build'],
    ['caller / callee / test (1)', 'caller / callee / test'],
    ['deploy (eu) / test', 'deploy (eu) / test'],
    ['f(x)', 'f(x)'],
    ['(20)', '(20)'],
    [' (20)', ' (20)'],
    ['build )', 'build )'],
    ['build (20', 'build (20'],
  ]) {
    assert.equal(jobLabel(name as string), label);
  }
});

test('the values of a matrix are left out of a name that was cut within them', () => {
  const cut = (name: string) => name.padEnd(MAX_TEXT_LENGTH, 'x');
  assert.equal(jobLabel(cut('build (a, ')), 'build');
  assert.equal(jobLabel(cut('build :( (a (b), (c')), 'build :(');
  assert.equal(jobLabel(`${cut('build (a').slice(0, -4)} (b)`), 'build');
  assert.equal(jobLabel(cut('a / b (c) / d')), cut('a / b (c) / d'));
  const whole = `${'x'.repeat(MAX_TEXT_LENGTH - 5)} (20)`;
  assert.equal(jobLabel(whole), whole.slice(0, -5));
});

test('labels are cut to 200 characters, and never within one', () => {
  const [short, long, ants] = labelValues(['a', 'b'.repeat(201), `-${'🐜'.repeat(200)}`]);
  assert.deepEqual([short, long], ['a', 'b'.repeat(200)]);
  assert.equal(ants, `-${'🐜'.repeat(99)}\uFFFD`);
  const fitting = ['a', 'b'.repeat(200)];
  assert.equal(labelValues(fitting), fitting);
});

test('what a job runs on is told in the order of its labels', () => {
  assert.equal(runsOnLabel(['self-hosted', 'linux']), 'self-hosted,linux');
  assert.equal(runsOnLabel([]), 'none');
});

test('a job is called by its name without the values of its matrix, brackets in them and all', () => {
  const labels = {
    build: 'build',
    'build (20, ubuntu)': 'build',
    'build (20, (a) b)': 'build',
    'build (fast) (20)': 'build (fast)',
    'build (20) now': 'build (20) now',
    'caller / callee': 'caller / callee',
    'fn(x)': 'fn(x)',
    'plan b': 'plan b',
    'b (x)': 'b',
    '(x)': '(x)',
    ' (x)': ' (x)',
    'odd) (x)': 'odd)',
    'odd x)': 'odd x)',
    'two words': 'two words',
  };
  for (const [name, label] of Object.entries(labels)) assert.equal(jobLabel(name), label, name);
});
