/** 100 ns from the beginning of UUID time (1582-10-15) to that of the Unix epoch. */
const UUID_EPOCH = 0x01b2_1dd2_1381_4000n;

/**
 * An `X-GitHub-Delivery`: a UUID of version 1, which holds the time of the event.
 * @param chance 16 hexadecimal digits that distinguish ids of the same time.
 */
export function deliveryId(atMs: number, chance: string): string {
  const ticks = UUID_EPOCH + BigInt(Math.floor(atMs * 10_000));
  const time = ticks.toString(16).padStart(15, '0');
  const variant = '89ab'[Number.parseInt(chance.charAt(0), 16) % 4];
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-${variant}${chance.slice(1, 4)}-${chance.slice(4, 16)}`;
}
