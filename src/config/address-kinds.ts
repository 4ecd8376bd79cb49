import { type AddressRange, readRange } from '../http/address-ranges.ts';
import { itemsIn, type Kind } from './kinds.ts';

/*
 * The kinds of values that name addresses.
 */

/** Who may send. */
export interface AllowedAddresses {
  readonly ranges: readonly AddressRange[];
  /** Whether GitHub's addresses are included. */
  readonly github: boolean;
}

const GITHUB = 'github';

/** Addresses and ranges. */
export function addresses(): Kind<readonly AddressRange[]> {
  return {
    expects: 'IP addresses, or ranges as ADDRESS/BITS, separated by commas',
    example: '10.0.0.0/8, 2001:db8::1',
    items: partsOf,
    read: (texts) => readRanges(partsOf(texts)),
    advise: adviseOn,
  };
}

/** Addresses, ranges, and the word `github`. */
export function allowedAddresses(): Kind<AllowedAddresses> {
  return {
    expects: `IP addresses, ranges as ADDRESS/BITS, or the word ${GITHUB}, separated by commas`,
    example: 'github, 192.0.2.0/24',
    items: partsOf,
    read(texts) {
      const parts = partsOf(texts);
      const ranges = readRanges(parts.filter((part) => part !== GITHUB));
      return ranges && { ranges, github: parts.includes(GITHUB) };
    },
    advise: adviseOn,
  };
}

function partsOf(texts: readonly string[]): string[] {
  return itemsIn(texts, ',');
}

function readRanges(parts: readonly string[]): readonly AddressRange[] | undefined {
  const ranges = parts.map(readRange);
  return ranges.every((range) => range !== null) ? ranges : undefined;
}

/** Names the first invalid part: in a list, it is not obvious. */
function adviseOn(text: string): string | undefined {
  const wrong = partsOf([text]).find((part) => part !== GITHUB && readRange(part) === null);
  if (wrong === undefined) return undefined;
  const shown = JSON.stringify(wrong.slice(0, 50));
  return /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/i.test(wrong)
    ? `${shown} is a name: write the addresses that it stands for`
    : `${shown} is no address`;
}
