import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BillableJob, billOf } from './bill.ts';
import { type PriceRule, parsePriceRules } from './price-rules.ts';
import { listPriceAt } from './price-table.ts';

const MINUTE = 60_000;
const NOV_2026 = Date.UTC(2026, 10, 23);

function job(over: Partial<BillableJob> = {}): BillableJob {
  return {
    runsOn: ['ubuntu-latest'],
    runnerGroup: 'GitHub Actions',
    runnerName: 'GitHub Actions 7',
    isPublicRepository: false,
    durationMs: 90_000,
    completedAtMs: NOV_2026,
    ...over,
  };
}

function own(over: Partial<BillableJob> = {}): BillableJob {
  return job({ runsOn: ['self-hosted', 'gpu'], runnerGroup: 'Default', runnerName: 'build-7', ...over });
}

function rulesOf(text: string): readonly PriceRule[] {
  const parsed = parsePriceRules(text);
  assert.ok('rules' in parsed, JSON.stringify(parsed));
  return parsed.rules;
}

test('a job costs the price of each minute that it began', () => {
  assert.deepEqual(billOf(job(), []), { sku: 'linux', seconds: 120, microDollars: 12_000 });
});

const MINUTES: readonly (readonly [durationMs: number, minutes: number])[] = [
  [0, 1],
  [1, 1],
  [MINUTE, 1],
  [MINUTE + 1000, 2],
  [360 * MINUTE, 360],
  [35 * 1440 * MINUTE, 50_400],
];

for (const [durationMs, minutes] of MINUTES) {
  test(`${durationMs} ms are ${minutes} billed minutes`, () => {
    assert.equal(billOf(job({ durationMs }), [])?.seconds, 60 * minutes);
  });
}

test('a job that took longer than any can has no bill', () => {
  assert.equal(billOf(job({ durationMs: 35 * 1440 * MINUTE + 1000 }), []), null);
});

test('the price is that of the end of the job', () => {
  const newYear = Date.UTC(2026, 0, 1);
  const over = { durationMs: 3 * MINUTE };
  assert.equal(billOf(job({ ...over, completedAtMs: newYear - 1000 }), [])?.microDollars, 24_000);
  assert.equal(billOf(job({ ...over, completedAtMs: newYear }), [])?.microDollars, 18_000);
});

test('standard runners are free in public repositories, even with a rule', () => {
  assert.equal(billOf(job({ isPublicRepository: true }), []), null);
  assert.equal(billOf(job({ isPublicRepository: true }), rulesOf('ubuntu-latest=linux:0.004')), null);
  assert.equal(billOf(job({ isPublicRepository: true, runsOn: ['ubuntu-24.04-arm'] }), []), null);
});

test('what is not known to be public is billed', () => {
  assert.equal(billOf(job({ isPublicRepository: null }), [])?.microDollars, 12_000);
});

test('larger runners cost in public repositories too', () => {
  const isPublicRepository = true;
  assert.equal(billOf(job({ isPublicRepository, runsOn: ['macos-15-xlarge'] }), [])?.microDollars, 204_000);
  const larger = job({ isPublicRepository, runsOn: ['ubuntu-latest'], runnerGroup: 'Large Runners' });
  const bill = { sku: 'linux_16_core', seconds: 120, microDollars: 84_000 };
  assert.deepEqual(billOf(larger, rulesOf('group:Large Runners=linux_16_core')), bill);
});

test('the price of a SKU in a rule has dates, a price of its own has none', () => {
  const completedAtMs = Date.UTC(2025, 5, 1);
  assert.equal(billOf(own({ completedAtMs }), rulesOf('gpu=linux_4_core_gpu'))?.microDollars, 140_000);
  assert.equal(billOf(own(), rulesOf('gpu=linux_4_core_gpu'))?.microDollars, 104_000);
  assert.equal(billOf(own({ completedAtMs }), rulesOf('gpu=own:0.5'))?.microDollars, 1_000_000);
});

test('self-hosted runners are free unless a rule prices them', () => {
  assert.equal(billOf(own(), []), null);
  assert.deepEqual(billOf(own(), rulesOf('self-hosted=self_hosted:0.002')), {
    sku: 'self_hosted',
    seconds: 120,
    microDollars: 4_000,
  });
});

test('a rule of nothing a minute still counts the minutes', () => {
  assert.deepEqual(billOf(own(), rulesOf('self-hosted=own:0')), {
    sku: 'own',
    seconds: 120,
    microDollars: 0,
  });
});

test('a rule comes before the price list', () => {
  assert.equal(billOf(job(), rulesOf('ubuntu-latest=linux:0.004'))?.microDollars, 8_000);
});

test('what nobody knows the price of has no bill', () => {
  assert.equal(billOf(job({ runsOn: ['big-box'], runnerGroup: 'Boxes' }), rulesOf('other=linux')), null);
});

const anyJob = fc.record({
  runsOn: fc.constantFrom(['ubuntu-latest'], ['windows-2025'], ['macos-15-large'], ['self-hosted'], ['x']),
  runnerGroup: fc.constantFrom('GitHub Actions', 'Large', null),
  runnerName: fc.constant(null),
  isPublicRepository: fc.constantFrom(true, false, null),
  durationMs: fc.integer({ min: 0, max: 35 * 1440 * MINUTE }),
  completedAtMs: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
});
const someRules = fc.constantFrom(
  '',
  'x=own:0.0037',
  'group:Large=linux_64_core',
  'self-hosted=own:99.999999',
);

test('a cost is exactly its minutes times its price, and covers the time but for less than a minute', () => {
  fc.assert(
    fc.property(anyJob, someRules, (some, text) => {
      const rules = rulesOf(text);
      const bill = billOf(some, rules);
      if (bill === null) return;
      const minutes = bill.seconds / 60;
      const fixed = rules.find((rule) => rule.sku === bill.sku)?.microDollarsPerMinute;
      const price = fixed ?? listPriceAt(bill.sku, some.completedAtMs);
      assert.equal(BigInt(bill.microDollars), BigInt(minutes) * BigInt(price ?? -1));
      assert.ok(Number.isSafeInteger(bill.microDollars));
      assert.ok(minutes * MINUTE >= some.durationMs && minutes >= 1);
      assert.ok((minutes - 1) * MINUTE < some.durationMs || minutes === 1);
    }),
  );
});

test('a longer job never costs less', () => {
  fc.assert(
    fc.property(anyJob, someRules, fc.integer({ min: 0, max: 10 * MINUTE }), (some, text, moreMs) => {
      const shorter = { ...some, durationMs: Math.max(0, some.durationMs - moreMs) };
      const [less, more] = [billOf(shorter, rulesOf(text)), billOf(some, rulesOf(text))];
      assert.equal(less?.sku, more?.sku);
      assert.ok((less?.microDollars ?? 0) <= (more?.microDollars ?? 0));
    }),
  );
});
