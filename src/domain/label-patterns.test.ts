import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldedLabels, type LabelPatterns, parseLabelPatterns } from './label-patterns.ts';

const LABELS = ['repository', 'job_name', 'runs_on'];

function patternsOf(text: string): LabelPatterns {
  const parsed = parseLabelPatterns(text);
  assert.ok('patterns' in parsed, JSON.stringify(parsed));
  return parsed.patterns;
}

test('a value that matches a pattern becomes the pattern, and each runner label is matched separately', () => {
  const patterns = patternsOf('runs_on = vm-*, *.gpu ; job_name=Preview of PR-*, Deploy **');
  const fold = (...values: string[]) => foldedLabels(patterns, LABELS, values);
  assert.deepEqual(fold('o/r', 'Preview of PR-12', 'self-hosted,vm-k3x9f,a.gpu'), [
    'o/r',
    'Preview of PR-*',
    'self-hosted,vm-*,*.gpu',
  ]);
  assert.deepEqual(fold('o/r', 'Deploy eu / plan', 'x'), ['o/r', 'Deploy **', 'x']);
  const untouched = ['vm-1', 'vm-1', 'xvm-1'];
  assert.equal(foldedLabels(patterns, LABELS, untouched), untouched);
});

test('invalid patterns are explained', () => {
  for (const [text, problem] of [
    ['runs_on', /must begin with one of/],
    ['branch=a*', /must begin with one of/],
    ['runs_on=', /has no pattern/],
    ['runs_on=vm', /"vm" without a "\*"/],
    ['runs_on=a*; runs_on=b*', /"runs_on=b\*" repeats a label/],
  ] as const) {
    const parsed = parseLabelPatterns(text);
    assert.match('problem' in parsed ? parsed.problem : 'none', problem);
  }
  assert.equal(patternsOf('').size, 0);
  assert.equal(patternsOf(' ; ').size, 0);
});

test('folding is idempotent', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 6 });
  const pattern = text.map((each) => `${each}*`);
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 3 }), text, (texts, value) => {
      const patterns = patternsOf(`job_name=${texts.join(',')}`);
      const once = foldedLabels(patterns, ['job_name'], [value]);
      assert.deepEqual(foldedLabels(patterns, ['job_name'], once), once);
    }),
  );
});
