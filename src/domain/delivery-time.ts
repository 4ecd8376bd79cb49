/** From the start of the Gregorian calendar, from which UUIDs count, to the epoch. */
const GREGORIAN_TO_EPOCH_MS = 12_219_292_800_000;
const TICKS_PER_MS = 10_000;

const VERSION_1 = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * When GitHub created the event, in ms since the epoch. Its delivery ids are version 1 UUIDs, which contain
 * their creation time, and redeliveries keep them. This has been observed since 2024 but is not documented.
 * So the result is null for any other id, and only good for statistics and for ordering two events.
 */
export function deliveryTimeMs(guid: string): number | null {
  if (!VERSION_1.test(guid)) return null;
  // 60 bits do not fit into a number, so the two halves are converted to milliseconds separately.
  const [high, low] = [guid.slice(15, 18) + guid.slice(9, 13), guid.slice(0, 8)];
  const upperMs = (Number.parseInt(high, 16) * 2 ** 32) / TICKS_PER_MS;
  return Math.floor(upperMs + Number.parseInt(low, 16) / TICKS_PER_MS) - GREGORIAN_TO_EPOCH_MS;
}
