import type { Logger } from '../domain/contracts.ts';
import { addressRanges, readRange } from '../http/address-ranges.ts';
import type { Client } from '../http/ip-address.ts';

/**
 * No client on the internet has such an address (https://www.iana.org/assignments/iana-ipv4-special-registry
 * and its like for IPv6).
 */
const PRIVATE = addressRanges(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '::1',
    'fc00::/7',
    'fe80::/10',
  ]
    .map(readRange)
    .filter((range) => range !== null),
);

/**
 * Warns once when a proxy of one's own speaks for clients and is not trusted: all of them then count as one
 * address, so that one of them can use up the limits of all.
 */
export function createProxyNotice(logger: Logger): (peer: Client) => void {
  let isTold = false;
  return ({ address }) => {
    if (isTold || !PRIVATE.has(address)) return;
    isTold = true;
    logger.warn('Requests come through a proxy that is not trusted', {
      proxy: address,
      hint: 'name it in webhook.trusted_proxies, so that limits and lists hold for the clients behind it',
    });
  };
}
