import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_TEXT_LENGTH } from './cut-text.ts';
import { withoutMatrix } from './job-name.ts';

const NAMES: readonly (readonly [name: string, label: string])[] = [
  ['build', 'build'],
  ['build (20, ubuntu-latest)', 'build'],
  ['build (20, (a) b)', 'build'],
  ['build (f(x), (y))', 'build'],
  ['build (fast) (20)', 'build'],
  ['build (20) now', 'build (20) now'],
  ['caller / callee', 'caller / callee'],
  ['caller / callee / test (1)', 'caller / callee / test'],
  ['f(x)', 'f(x)'],
  ['(20)', '(20)'],
  [' (20)', ' (20)'],
  ['build )', 'build )'],
  ['build (20', 'build (20'],
  ['odd) (x)', 'odd)'],
  ['odd x)', 'odd x)'],
  ['wait...', 'wait...'],
];
for (const [name, label] of NAMES)
  test(`"${name}" is "${label}"`, () => assert.equal(withoutMatrix(name), label));

test('the matrix of a caller is left out too, whatever its values contain', () => {
  assert.equal(withoutMatrix('deploy (eu-0, 3.4.0) / plan'), 'deploy / plan');
  assert.equal(withoutMatrix('a (1) / b (2) / c (3)'), 'a / b / c');
  assert.equal(withoutMatrix('deploy (apps / web (x)) / plan (1)'), 'deploy / plan');
  assert.equal(withoutMatrix('f(x) / (y) / z'), 'f(x) / (y) / z');
});

/** GitHub cuts each part of a name to 97 characters and three dots. */
const cut = (part: string) => `${part.padEnd(97, 'x').slice(0, 97)}...`;

test('a name that GitHub cut inside the matrix values is one name, wherever the cut is', () => {
  // pytorch/test-infra#6574, kata-containers#11176, OP5dev/TF-via-PR#482
  for (const [name, label] of [
    [
      'linux-focal-cuda11.8-py3.10-gcc9-debug / test (default, 5, 7, lf.ephemeral.linux.4xlarge.nvidia.gpu, oncall:debug-build, rerun_disabled_te...',
      'linux-focal-cuda11.8-py3.10-gcc9-debug / test',
    ],
    [
      'build-checks (s390x) / check (sudo -E PATH="$PATH" make test, agent-ctl, src/tools/agent-ctl, rust, protobuf-compiler, c...',
      'build-checks / check',
    ],
    [cut(`test (${'a'.repeat(90)}`), 'test'],
    [cut('test (a / b, ('), 'test'],
    [`${cut('deploy (eu / west, ')} / plan (1)`, 'deploy / plan'],
  ] as const)
    assert.equal(withoutMatrix(name), label);
});

test('a name that GitHub cut outside a matrix stays, except for an id that is cut', () => {
  const name = cut(
    'analyzer_and_format; Dart 3.9.0; PKGS: build_cli, build_cli_annotations; `dart analyze --fatal-in',
  );
  assert.equal(withoutMatrix(name), name);
  const long =
    'a name that is as long as a sentence can be and takes all the room that there is for an id, run ';
  assert.equal(
    withoutMatrix(`${long.slice(0, 90)} 1234567`.slice(0, 97).concat('...')),
    `${long.slice(0, 90)} *...`.slice(0, 95),
  );
});

test('a name that was cut on reading has lost the bracket that closes its values', () => {
  const read = (name: string) => name.padEnd(MAX_TEXT_LENGTH, 'x');
  assert.equal(withoutMatrix(read('build (a, ')), 'build');
  assert.equal(withoutMatrix(read('build :( (a (b), (c')), 'build :(');
  assert.equal(withoutMatrix(`${read('build (a').slice(0, -4)} (b)`), 'build');
  assert.equal(withoutMatrix(read('a (c) / d')), read('a (c) / d').replace(' (c)', ''));
  const whole = `${'x'.repeat(MAX_TEXT_LENGTH - 5)} (20)`;
  assert.equal(withoutMatrix(whole), whole.slice(0, -5));
});

const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}$/);
const value = fc.oneof(word, fc.integer().map(String), fc.constantFrom('a / b', 'f(x)', '(y)', ''));
const values = fc.array(value, { minLength: 1, maxLength: 30 }).map((each) => `(${each.join(', ')})`);
const template = fc.array(fc.record({ name: word, hasMatrix: fc.boolean() }), { minLength: 1, maxLength: 4 });

test('however many cells a matrix has, and wherever GitHub cuts them, there is one name', () => {
  const isCutTo100 = (part: string) => (part.length <= 100 ? part : `${part.slice(0, 97)}...`);
  fc.assert(
    fc.property(template, fc.array(values, { minLength: 4, maxLength: 4 }), (parts, cells) => {
      const name = parts.map((part, at) =>
        isCutTo100(part.hasMatrix ? `${part.name} ${cells[at]}` : part.name),
      );
      assert.equal(withoutMatrix(name.join(' / ')), parts.map((part) => part.name).join(' / '));
    }),
  );
});

test('leaving the values out twice changes nothing', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '(',
    ')',
    ' / ',
    '...',
    ' (',
    '1',
    '/',
    'b'.repeat(40),
    '9'.repeat(30),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const once = withoutMatrix(pieces.join(''));
      assert.equal(withoutMatrix(once), once);
    }),
    { numRuns: 1000 },
  );
});
