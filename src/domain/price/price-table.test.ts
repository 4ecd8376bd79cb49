import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listPriceAt, SKUS } from './price-table.ts';

const LAST_OF_2025 = Date.UTC(2025, 11, 31, 23, 59, 59, 999);
const FIRST_OF_2026 = Date.UTC(2026, 0, 1);

test('the price of a minute changes at the start of 2026', () => {
  assert.equal(listPriceAt('linux', LAST_OF_2025), 8_000);
  assert.equal(listPriceAt('linux', FIRST_OF_2026), 6_000);
  assert.equal(listPriceAt('windows', LAST_OF_2025), 16_000);
  assert.equal(listPriceAt('windows', FIRST_OF_2026), 10_000);
  assert.equal(listPriceAt('macos', LAST_OF_2025), 80_000);
  assert.equal(listPriceAt('macos', FIRST_OF_2026), 62_000);
  assert.equal(listPriceAt('linux_slim', LAST_OF_2025), 2_000);
  assert.equal(listPriceAt('linux_slim', FIRST_OF_2026), 2_000);
});

test('GPU and larger macOS runners have their own prices', () => {
  const prices = ['macos_l', 'macos_xl', 'linux_4_core_gpu', 'windows_4_core_gpu'].map((sku) => [
    listPriceAt(sku, LAST_OF_2025),
    listPriceAt(sku, FIRST_OF_2026),
  ]);
  assert.deepEqual(prices, [
    [120_000, 77_000],
    [160_000, 102_000],
    [70_000, 52_000],
    [140_000, 102_000],
  ]);
});

// Micro-dollars per core: before 2026, and since then in addition to 2,000 per minute. A typo would not
// fit the formula.
const PER_CORE: Readonly<Record<string, readonly [number, number]>> = {
  linux_: [4_000, 2_500],
  windows_: [8_000, 5_000],
  linux_arm: [2_500, 1_500],
  windows_arm: [5_000, 3_000],
};
const OUT_OF_LINE: Readonly<Record<string, number>> = {
  linux_2_core_advanced: 6_000,
  linux_96_core: 252_000,
  windows_96_core: 552_000,
};

test('the prices of larger runners grow with their cores', () => {
  let checked = 0;
  for (const sku of SKUS) {
    const [, system = '', cores, kind] = /^(linux_|windows_)(\d+)_core(?:_(arm|advanced))?$/.exec(sku) ?? [];
    const [before, since] = PER_CORE[kind === 'arm' ? system + kind : system] ?? [];
    if (cores === undefined || before === undefined || since === undefined) continue;
    assert.equal(listPriceAt(sku, LAST_OF_2025), before * Number(cores), sku);
    assert.equal(listPriceAt(sku, FIRST_OF_2026), OUT_OF_LINE[sku] ?? 2_000 + since * Number(cores), sku);
    checked += 1;
  }
  assert.equal(checked, 25);
});

test('no price rises over time, and every SKU always has one', () => {
  for (const sku of SKUS) {
    const [long, before, since] = [0, LAST_OF_2025, FIRST_OF_2026].map((atMs) => listPriceAt(sku, atMs));
    assert.ok(long === before && Number(before) >= Number(since) && Number(since) > 0, sku);
  }
});

test('a SKU that is not in the table has no price', () => {
  for (const sku of ['', 'self_hosted', 'toString', '__proto__', 'LINUX']) {
    assert.equal(listPriceAt(sku, FIRST_OF_2026), null, sku);
  }
});
