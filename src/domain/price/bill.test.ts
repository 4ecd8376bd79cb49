import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLabelPatterns } from '../label-patterns.ts';
import { type BillableJob, billOf } from './bill.ts';
import { type PriceRule, parsePriceRules } from './price-rules.ts';
import { listPriceAt } from './price-table.ts';

const MINUTE = 60_000;
const OWN = { runId: 36_926_834_055, jobId: 1, headSha: null };
const NOV_2026 = Date.UTC(2026, 10, 23);

function job(over: Partial<BillableJob> = {}): BillableJob {
  return {
    runsOn: ['ubuntu-latest'],
    runnerGroup: 'GitHub Actions',
    runnerName: 'GitHub Actions 7',
    isPublicRepository: false,
    workflow: 'CI',
    name: 'build',
    ...OWN,
    durationMs: 90_000,
    completedAtMs: NOV_2026,
    ...over,
  };
}

function own(over: Partial<BillableJob> = {}): BillableJob {
  return job({ runsOn: ['self-hosted', 'gpu'], runnerGroup: 'Default', runnerName: 'build-7', ...over });
}

/** The bill of a job with a price, or of a free one. */
function costOf(billable: BillableJob, rules: readonly PriceRule[]) {
  const bill = billOf(billable, rules);
  if (bill?.sku === null) throw new Error('it has no price');
  return bill;
}

function rulesOf(text: string): readonly PriceRule[] {
  const parsed = parsePriceRules(text);
  assert.ok('rules' in parsed, JSON.stringify(parsed));
  return parsed.rules;
}

test('a job costs the price of each started minute', () => {
  assert.deepEqual(costOf(job(), []), { sku: 'linux', seconds: 120, microDollars: 12_000 });
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
    assert.equal(costOf(job({ durationMs }), [])?.seconds, 60 * minutes);
  });
}

test('a job longer than any job can be has no bill', () => {
  assert.equal(costOf(job({ durationMs: 35 * 1440 * MINUTE + 1000 }), []), null);
});

test('the price is that of the end of the job', () => {
  const newYear = Date.UTC(2026, 0, 1);
  const over = { durationMs: 3 * MINUTE };
  assert.equal(costOf(job({ ...over, completedAtMs: newYear - 1000 }), [])?.microDollars, 24_000);
  assert.equal(costOf(job({ ...over, completedAtMs: newYear }), [])?.microDollars, 18_000);
});

test('standard runners are free in public repositories, even with a rule', () => {
  assert.equal(costOf(job({ isPublicRepository: true }), []), null);
  assert.equal(costOf(job({ isPublicRepository: true }), rulesOf('ubuntu-latest=linux:0.004')), null);
  assert.equal(costOf(job({ isPublicRepository: true, runsOn: ['ubuntu-24.04-arm'] }), []), null);
});

test('a repository is billed unless it is known to be public', () => {
  assert.equal(costOf(job({ isPublicRepository: null }), [])?.microDollars, 12_000);
});

test('larger runners cost in public repositories too', () => {
  const isPublicRepository = true;
  assert.equal(costOf(job({ isPublicRepository, runsOn: ['macos-15-xlarge'] }), [])?.microDollars, 204_000);
  const larger = job({ isPublicRepository, runsOn: ['ubuntu-latest'], runnerGroup: 'Large Runners' });
  const bill = { sku: 'linux_16_core', seconds: 120, microDollars: 84_000 };
  assert.deepEqual(costOf(larger, rulesOf('group:Large Runners=linux_16_core')), bill);
});

test('a SKU in a rule follows the dates of the price list, a fixed price does not', () => {
  const completedAtMs = Date.UTC(2025, 5, 1);
  assert.equal(costOf(own({ completedAtMs }), rulesOf('gpu=linux_4_core_gpu'))?.microDollars, 140_000);
  assert.equal(costOf(own(), rulesOf('gpu=linux_4_core_gpu'))?.microDollars, 104_000);
  assert.equal(costOf(own({ completedAtMs }), rulesOf('gpu=own:0.5'))?.microDollars, 1_000_000);
});

test('self-hosted runners are free unless a rule prices them', () => {
  assert.equal(costOf(own(), []), null);
  assert.deepEqual(costOf(own(), rulesOf('self-hosted=self_hosted:0.002')), {
    sku: 'self_hosted',
    seconds: 120,
    microDollars: 4_000,
  });
});

test('a rule with a price of 0 still counts the minutes', () => {
  assert.deepEqual(costOf(own(), rulesOf('self-hosted=own:0')), {
    sku: 'own',
    seconds: 120,
    microDollars: 0,
  });
});

test('a rule takes precedence over the price list', () => {
  assert.equal(costOf(job(), rulesOf('ubuntu-latest=linux:0.004'))?.microDollars, 8_000);
});

test('a rule may name a label made for one run in the form that its series have', () => {
  const perRun = job({ runsOn: [`runs-on=${OWN.runId}/cpu=4`], runnerGroup: 'Default' });
  assert.equal(billOf(perRun, rulesOf('runs-on=*/cpu=4=own:0.01'))?.sku, 'own');
});

test('a rule may name a label or a group in the form that configured patterns give it', () => {
  const parsed = parseLabelPatterns('runs_on=vm-*; runner_group=pool-*');
  assert.ok('patterns' in parsed);
  const perRun = job({ runsOn: ['linux', 'vm-k3x9f'], runnerGroup: 'pool-k3x9f' });
  for (const rule of ['vm-*', 'vm-k3x9f', 'group:pool-*', 'group:pool-k3x9f']) {
    assert.equal(billOf(perRun, rulesOf(`${rule}=own:0.01`), parsed.patterns)?.sku, 'own', rule);
  }
  assert.equal(billOf(perRun, rulesOf('vm-*=own:0.01'))?.sku, null);
});

test('a runner of unknown price has whole minutes, and no cost', () => {
  const unpriced = { sku: null, seconds: 120 };
  const larger = job({ runsOn: ['big-box'], runnerGroup: 'Boxes' });
  assert.deepEqual(billOf(larger, rulesOf('other=linux')), unpriced);
  assert.deepEqual(billOf({ ...larger, isPublicRepository: true }, []), unpriced);
  // With only a runner group, and with one of GitHub's labels on a runner that is not GitHub's.
  assert.deepEqual(billOf(job({ runsOn: [], runnerGroup: 'Boxes' }), []), unpriced);
  assert.deepEqual(billOf(job({ runnerGroup: 'Boxes' }), []), unpriced);
  assert.equal(billOf({ ...larger, durationMs: 35 * 1440 * MINUTE + 1000 }, []), null);
});

test('Pages and Dependabot are free on standard runners, in private repositories too', () => {
  const dependabot = job({ workflow: 'npm_and_yarn in /. - Update #1544086901', name: 'Dependabot' });
  assert.equal(billOf(dependabot, []), null);
  assert.equal(billOf(dependabot, rulesOf('ubuntu-latest=linux:0.004')), null);
  assert.equal(billOf(job({ workflow: 'pages build and deployment', name: 'deploy' }), []), null);
  const larger = { ...dependabot, runsOn: ['dependabot'], runnerGroup: 'Large' };
  assert.equal(costOf(larger, rulesOf('dependabot=linux_4_core'))?.sku, 'linux_4_core');
});

const anyJob = fc.record({
  runsOn: fc.constantFrom(['ubuntu-latest'], ['windows-2025'], ['macos-15-large'], ['self-hosted'], ['x']),
  runnerGroup: fc.constantFrom('GitHub Actions', 'Large', null),
  runnerName: fc.constant(null),
  isPublicRepository: fc.constantFrom(true, false, null),
  workflow: fc.constantFrom('CI', 'pages build and deployment'),
  name: fc.constant('build'),
  runId: fc.constant(OWN.runId),
  jobId: fc.constant(OWN.jobId),
  headSha: fc.constant(OWN.headSha),
  durationMs: fc.integer({ min: 0, max: 35 * 1440 * MINUTE }),
  completedAtMs: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
});
const someRules = fc.constantFrom(
  '',
  'x=own:0.0037',
  'group:Large=linux_64_core',
  'self-hosted=own:99.999999',
);

test('a cost is exactly minutes times price, and covers the duration to within a minute', () => {
  fc.assert(
    fc.property(anyJob, someRules, (some, text) => {
      const rules = rulesOf(text);
      const bill = billOf(some, rules);
      if (bill === null || bill.sku === null) return;
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
      const costs = [less, more].map((bill) => (bill === null || bill.sku === null ? 0 : bill.microDollars));
      assert.equal(less?.sku, more?.sku);
      assert.ok((costs[0] ?? 0) <= (costs[1] ?? 0));
    }),
  );
});
