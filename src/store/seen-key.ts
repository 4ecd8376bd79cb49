const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Makes the key of any other id longer than a UUID's 16 bytes. */
const OTHER_ID = 'id of other form:';

/**
 * The key under which a delivery id is remembered. GitHub's ids are UUIDs of version 1, whose
 * fastest-changing part comes first; with the slow parts first, new keys go to the end of the index instead
 * of all over it. Other ids are kept as text.
 */
export function seenKeyOf(guid: string): Uint8Array {
  if (!UUID.test(guid)) return Buffer.from(OTHER_ID + guid);
  const hex = guid.slice(14, 18) + guid.slice(9, 13) + guid.slice(0, 8) + guid.slice(19, 23) + guid.slice(24);
  return Buffer.from(hex, 'hex');
}
