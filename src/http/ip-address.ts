import { isIP } from 'node:net';

/** Who sent a request. */
export interface Client {
  /** An IP address without zone. IPv4 in its own form, also if it came as IPv6 (`::ffff:192.0.2.1`). */
  readonly address: string;
  /** What limits apply to: the IPv4 address, or the /64 from which an IPv6 host may choose its address. */
  readonly network: string;
}

/** Reads an IP address as people and machines write it. Null if it is none. */
export function readAddress(text: string): Client | null {
  switch (isIP(text)) {
    case 4:
      return { address: text, network: text };
    case 6:
      return readIpv6(text.split('%', 1)[0] ?? text);
    default:
      return null;
  }
}

function readIpv6(text: string): Client {
  const groups = groupsOf(text);
  if (isMapped(groups)) {
    const [high = 0, low = 0] = groups.slice(6);
    const address = [high >> 8, high & 255, low >> 8, low & 255].join('.');
    return { address, network: address };
  }
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return { address: text.toLowerCase(), network: `${prefix.join(':')}::/64` };
}

/** `::ffff:0:0/96`: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

/** The eight numbers of a valid IPv6 address. */
function groupsOf(text: string): number[] {
  const [left = '', right] = text.split('::');
  const head = groupsIn(left);
  if (right === undefined) return head;
  const tail = groupsIn(right);
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsIn(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return Number.parseInt(group, 16);
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
