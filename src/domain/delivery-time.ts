/** From 1582-10-15, where UUID time begins, to the epoch. */
const GREGORIAN_OFFSET_MS = 12_219_292_800_000;
const UUID_V1 = /^([0-9a-f]{8})-([0-9a-f]{4})-1([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * When GitHub made the event, in milliseconds since the epoch, or null. GitHub's delivery ids are UUIDs of version 1
 * (seen since 2024, not documented), which carry that moment; it stays the same when the event is delivered again.
 */
export function deliveryTimeMs(guid: string): number | null {
  const parts = UUID_V1.exec(guid);
  if (parts === null) return null;
  const ticks = BigInt(`0x${parts[3]}${parts[2]}${parts[1]}`);
  return Number(ticks / 10_000n) - GREGORIAN_OFFSET_MS;
}
