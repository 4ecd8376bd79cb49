/*
 * What GitHub charges for a minute on its runners, by SKU as in its bills (there with the prefix `actions_`).
 * Prices are whole micro-dollars, so costs add up exactly. A price change is a new list with the SKUs that
 * changed; nothing is removed.
 */

const UNTIL_2025 = {
  linux_slim: 2_000,
  linux: 8_000,
  windows: 16_000,
  macos: 80_000,
  macos_l: 120_000,
  macos_xl: 160_000,
  linux_2_core_advanced: 8_000,
  linux_4_core: 16_000,
  linux_8_core: 32_000,
  linux_16_core: 64_000,
  linux_32_core: 128_000,
  linux_64_core: 256_000,
  linux_96_core: 384_000,
  windows_4_core: 32_000,
  windows_8_core: 64_000,
  windows_16_core: 128_000,
  windows_32_core: 256_000,
  windows_64_core: 512_000,
  windows_96_core: 768_000,
  linux_2_core_arm: 5_000,
  linux_4_core_arm: 10_000,
  linux_8_core_arm: 20_000,
  linux_16_core_arm: 40_000,
  linux_32_core_arm: 80_000,
  linux_64_core_arm: 160_000,
  windows_2_core_arm: 10_000,
  windows_4_core_arm: 20_000,
  windows_8_core_arm: 40_000,
  windows_16_core_arm: 80_000,
  windows_32_core_arm: 160_000,
  windows_64_core_arm: 320_000,
  linux_4_core_gpu: 70_000,
  windows_4_core_gpu: 140_000,
} as const;

/** A SKU of the price table. */
export type Sku = keyof typeof UNTIL_2025;

const SINCE_2026: Readonly<Record<Sku, number>> = {
  linux_slim: 2_000,
  linux: 6_000,
  windows: 10_000,
  macos: 62_000,
  macos_l: 77_000,
  macos_xl: 102_000,
  linux_2_core_advanced: 6_000,
  linux_4_core: 12_000,
  linux_8_core: 22_000,
  linux_16_core: 42_000,
  linux_32_core: 82_000,
  linux_64_core: 162_000,
  linux_96_core: 252_000,
  windows_4_core: 22_000,
  windows_8_core: 42_000,
  windows_16_core: 82_000,
  windows_32_core: 162_000,
  windows_64_core: 322_000,
  windows_96_core: 552_000,
  linux_2_core_arm: 5_000,
  linux_4_core_arm: 8_000,
  linux_8_core_arm: 14_000,
  linux_16_core_arm: 26_000,
  linux_32_core_arm: 50_000,
  linux_64_core_arm: 98_000,
  windows_2_core_arm: 8_000,
  windows_4_core_arm: 14_000,
  windows_8_core_arm: 26_000,
  windows_16_core_arm: 50_000,
  windows_32_core_arm: 98_000,
  windows_64_core_arm: 194_000,
  linux_4_core_gpu: 52_000,
  windows_4_core_gpu: 102_000,
};

interface PriceList {
  readonly validFromMs: number;
  /** Micro-dollars per minute. An omitted SKU keeps the price of the list before. */
  readonly prices: Readonly<Partial<Record<string, number>>>;
}

/** Newest first. */
const PRICE_LISTS: readonly PriceList[] = [
  { validFromMs: Date.UTC(2026, 0, 1), prices: SINCE_2026 },
  { validFromMs: Number.NEGATIVE_INFINITY, prices: UNTIL_2025 },
];

/** Every SKU of the table. */
export const SKUS = Object.keys(UNTIL_2025) as readonly Sku[];

/** The list price per minute at that time, in micro-dollars; null if the table does not have it. */
export function listPriceAt(sku: string, atMs: number): number | null {
  const list = PRICE_LISTS.find(
    ({ validFromMs, prices }) => validFromMs <= atMs && Object.hasOwn(prices, sku),
  );
  return list?.prices[sku] ?? null;
}
