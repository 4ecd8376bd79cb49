import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { type AddressRange, readRange } from '../http/address-ranges.ts';
import { Agents } from '../outbound/agents.ts';
import { exchange } from '../outbound/exchange.ts';
import type { Network } from '../outbound/network.ts';
import { objectOf } from './fields.ts';

/** The ranges, as GitHub spells them; or why there are none. */
export type HookRanges =
  | { readonly texts: readonly string[]; readonly ranges: readonly AddressRange[] }
  | { readonly failure: string };

/** GitHub.com sends a handful. */
const MAX_RANGES = 1000;
/** A wider range must be an error: it would admit a large part of the internet. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 16 };
/** The answer lists the addresses of all of GitHub's services: some 300 KB in 2026. */
const MAX_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

/** Asks without a credential, so that no token is spent or refused here. Never rejects. */
export async function fetchHookRanges(
  apiUrl: string,
  {
    version,
    network,
    closing,
  }: { readonly version: string; readonly network: Network; readonly closing: AbortSignal },
): Promise<HookRanges> {
  using agents = new Agents(network, { timeoutMs: TIMEOUT_MS });
  const answer = await exchange(new URL(`${apiUrl}/meta`), {
    method: 'GET',
    headers: { Accept: 'application/vnd.github+json', 'User-Agent': `ant-watcher/${version}` },
    agents,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    closing,
  });
  if ('failure' in answer) return { failure: answer.reason };
  if (answer.status !== 200) return { failure: `status ${answer.status}` };
  return hookRangesIn(answer.body.toString('utf8'));
}

/**
 * The member `hooks` of an answer of `GET /meta` (https://docs.github.com/en/rest/meta/meta). It is used as a
 * whole or not at all: an answer that is half wrong may be wrong altogether.
 */
function hookRangesIn(text: string): HookRanges {
  const meta = objectOf(parse(text));
  if (meta === null) return { failure: 'the answer is no JSON object' };
  const { hooks } = meta;
  if (hooks === undefined && meta['installed_version'] !== undefined)
    return { failure: 'Enterprise Server does not list the addresses of its webhooks' };
  if (!Array.isArray(hooks) || hooks.length === 0) return { failure: 'the answer has no list of hooks' };
  if (hooks.length > MAX_RANGES) return { failure: `more than ${MAX_RANGES} ranges` };
  const ranges = hooks.map((each) => (typeof each === 'string' ? readRange(each) : null));
  return ranges.every(isPlausible) ? { texts: hooks, ranges } : { failure: 'one of the ranges is invalid' };
}

function isPlausible(range: AddressRange | null): range is AddressRange {
  return range !== null && range.prefixLength >= SHORTEST_PREFIX[range.family];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What GitHub sent, and when. */
export interface KeptRanges {
  readonly texts: readonly string[];
  readonly atMs: number;
}

/** The ranges that an earlier process has stored for the GitHub at `apiUrl`. Null: none that can be used. */
export function readKept(
  file: string,
  apiUrl: string,
): (Extract<HookRanges, { ranges: unknown }> & KeptRanges) | null {
  const text = readText(file);
  if (text === null) return null;
  const found = hookRangesIn(text);
  if ('failure' in found) return null;
  const { at_ms: atMs, api_url } = objectOf(JSON.parse(text)) ?? {};
  return api_url === apiUrl && typeof atMs === 'number' ? { ...found, atMs } : null;
}

/** Replaces the file as a whole. Rejects when it can't be written. */
export async function keep(file: string, apiUrl: string, { texts, atMs }: KeptRanges): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ api_url: apiUrl, at_ms: atMs, hooks: texts })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** Null: it does not exist or can't be read. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
