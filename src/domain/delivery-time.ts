/** From the start of the Gregorian calendar, where UUIDs count from, to the epoch. */
const GREGORIAN_TO_EPOCH_MS = 12_219_292_800_000;
const TICKS_PER_MS = 10_000;

const VERSION_1 = /^([0-9a-f]{8})-([0-9a-f]{4})-1([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * When GitHub made the event, in ms since the epoch: its delivery ids are UUIDs of version 1, which hold the
 * time of their making and stay the same when the event is delivered again. That is seen since 2024 and
 * documented nowhere, so the answer is null for every other id, and good for statistics and to tell which of
 * two events came later.
 */
export function deliveryTimeMs(guid: string): number | null {
  const match = VERSION_1.exec(guid);
  if (match === null) return null;
  const [, low = '', middle = '', high = ''] = match;
  // 60 bits do not fit into a number: the two halves are turned into milliseconds apart.
  const upperMs = (Number.parseInt(high + middle, 16) * 2 ** 32) / TICKS_PER_MS;
  return Math.floor(upperMs + Number.parseInt(low, 16) / TICKS_PER_MS) - GREGORIAN_TO_EPOCH_MS;
}
