import type { AddressRanges } from './address-ranges.ts';
import { type Client, readAddress } from './ip-address.ts';

/** Nobody has a longer chain of proxies. Without a limit, a long header would be expensive to read. */
const MAX_PROXIES = 16;

/**
 * Who sent the request that came from `peer`. Only a trusted proxy is believed. `forwarded`
 * (`X-Forwarded-For`) is read from its end, where the nearest proxy wrote, past further trusted proxies, to
 * the first address that is not one of them; anything before that is hearsay. If all are trusted, the
 * farthest is the client. Null if a trusted proxy named no address.
 */
export function clientOf(peer: Client, forwarded: string | undefined, trusted: AddressRanges): Client | null {
  if (forwarded === undefined || trusted.size === 0 || !trusted.has(peer.address)) return peer;
  let client: Client | null = peer;
  let end = forwarded.length;
  for (let proxies = 0; end > 0; proxies++) {
    if (proxies > MAX_PROXIES) return null;
    const comma = forwarded.lastIndexOf(',', end - 1);
    const entry = forwarded.slice(comma + 1, end).trim();
    end = comma;
    if (entry === '') continue;
    client = readEntry(entry);
    if (client === null || !trusted.has(client.address)) return client;
  }
  return client;
}

/** Some proxies add the port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function readEntry(entry: string): Client | null {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(entry) ?? [];
  return readAddress(bracketed ?? plain ?? entry);
}
