import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PriceRule, parsePriceRules, priceRuleFor } from './price-rules.ts';
import { SKUS } from './price-table.ts';

function rulesOf(text: string): readonly PriceRule[] {
  const parsed = parsePriceRules(text);
  assert.ok('rules' in parsed, JSON.stringify(parsed));
  return parsed.rules;
}

function problemOf(text: string): string {
  const parsed = parsePriceRules(text);
  assert.ok('problem' in parsed, JSON.stringify(parsed));
  return parsed.problem;
}

test('rules name a label or a group, and a SKU or a price', () => {
  const text = 'gpu-4=linux_4_core_gpu, group:Large Runners=linux_16_core ,self-hosted = self_hosted : 0.002';
  assert.deepEqual(rulesOf(text), [
    { by: 'label', name: 'gpu-4', sku: 'linux_4_core_gpu', microDollarsPerMinute: null },
    { by: 'group', name: 'large runners', sku: 'linux_16_core', microDollarsPerMinute: null },
    { by: 'label', name: 'self-hosted', sku: 'self_hosted', microDollarsPerMinute: 2_000 },
  ]);
});

test('an empty text has no rules', () => {
  for (const text of ['', '  ', ',', ' , ,']) assert.deepEqual(rulesOf(text), []);
});

test('a label may contain = and :', () => {
  assert.deepEqual(rulesOf('runner=8cpu:spot=own:0.01')[0], {
    by: 'label',
    name: 'runner=8cpu:spot',
    sku: 'own',
    microDollarsPerMinute: 10_000,
  });
});

test('dollars are parsed exactly', () => {
  const prices: Readonly<Record<string, number>> = {
    '0': 0,
    '0.000001': 1,
    '0.1': 100_000,
    '0.29': 290_000,
    '1': 1_000_000,
    '07.5': 7_500_000,
    '99.999999': 99_999_999,
  };
  for (const [dollars, expected] of Object.entries(prices)) {
    assert.equal(rulesOf(`a=b:${dollars}`)[0]?.microDollarsPerMinute, expected, dollars);
  }
});

test('every whole number of micro-dollars can be written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999 }), (micro) => {
      const dollars = `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, '0')}`;
      assert.equal(rulesOf(`a=b:${dollars}`)[0]?.microDollarsPerMinute, micro);
    }),
  );
});

const PROBLEMS: Readonly<Record<string, RegExp>> = {
  'gpu-4': /^"gpu-4" has no "=": write LABEL=SKU/,
  '=linux': /^"=linux" names no label/,
  'group:=linux': /^"group:=linux" names no group/,
  'a=': /^"a=" has a SKU that the price table does not know/,
  'a=linux_5_core': /^"a=linux_5_core" has a SKU .* as in own:0\.004, or take one of .*\blinux_slim\b/,
  'a=toString': /does not know/,
  'a=:0.1': /^"a=:0.1" needs a name/,
  'a=b c:0.1': /needs a name/,
  'a=b:c:0.1': /needs a name/,
  'a=__other__:0.1': /needs a name/,
  'a=b:': /has the price "", which must be dollars below 100/,
  'a=b:-1': /has the price "-1"/,
  'a=b:$1': /has the price/,
  'a=b:1e1': /has the price/,
  'a=b:100': /has the price/,
  'a=b:.5': /has the price/,
  'a=b:0.0000001': /has the price/,
  'a=linux, A=windows': /^"A=windows" prices the same runners as a rule before it$/,
};

for (const [text, problem] of Object.entries(PROBLEMS)) {
  test(`${text} is refused`, () => assert.match(problemOf(text), problem));
}

test('all problems are reported at once', () => {
  assert.match(problemOf('a, b=linux, c=?'), /^"a" has no .*; "c=\?" has a SKU/);
});

test('a label and a group of the same name are two rules', () => {
  assert.equal(rulesOf('big=linux,group:big=windows').length, 2);
});

test('any text is parsed or refused, and every SKU in the table can be named', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab=:,. 01gG_-') }), (text) => {
      const parsed = parsePriceRules(text);
      assert.ok('rules' in parsed || parsed.problem !== '');
    }),
  );
  for (const sku of SKUS) assert.equal(rulesOf(`x=${sku}`)[0]?.sku, sku);
});

test('the first rule that matches the job applies, ignoring case', () => {
  const rules = rulesOf('GPU=own:0.3, group:Large Runners=own:0.2, x64=own:0.1');
  const price = (runsOn: string[], runnerGroup: string | null) =>
    priceRuleFor({ labels: runsOn, groups: runnerGroup === null ? [] : [runnerGroup] }, rules)
      ?.microDollarsPerMinute;
  assert.equal(price(['X64', 'gpu'], 'large runners'), 300_000);
  assert.equal(price(['X64'], 'LARGE RUNNERS'), 200_000);
  assert.equal(price(['X64'], null), 100_000);
  assert.equal(price(['large runners'], 'gpu'), undefined);
  assert.equal(price([], null), undefined);
});
