import { BlockList } from 'node:net';
import { readAddress } from './ip-address.ts';

/** Addresses with the same first bits. */
export interface AddressRange {
  readonly address: string;
  readonly prefixLength: number;
  readonly family: 'ipv4' | 'ipv6';
}

export interface AddressRanges {
  /** How many ranges there are. */
  readonly size: number;
  /** Whether one of the ranges contains the address, which is written as in `Client`. */
  has(address: string): boolean;
}

/** The bits in front of an IPv4 address in IPv6 form. */
const MAPPED_BITS = 96;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. Null if it is neither. */
export function readRange(text: string): AddressRange | null {
  const [, spelled = '', length] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const client = readAddress(spelled);
  if (client === null) return null;
  const { address } = client;
  const family = familyOf(address);
  const isMapped = family === 'ipv4' && spelled.includes(':');
  const bits = family === 'ipv4' ? 32 : 128;
  const prefixLength = length === undefined ? bits : Number(length) - (isMapped ? MAPPED_BITS : 0);
  return prefixLength >= 0 && prefixLength <= bits ? { address, prefixLength, family } : null;
}

/** Makes ranges searchable. Bits of an address after its prefix do not count. */
export function addressRanges(ranges: readonly AddressRange[]): AddressRanges {
  // One for each family: a single list would count IPv4 addresses as part of ::/0.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const { address, prefixLength, family } of ranges) {
    lists[family].addSubnet(address, prefixLength, family);
  }
  return {
    size: ranges.length,
    has(address) {
      const family = familyOf(address);
      return lists[family].check(address, family);
    },
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
