import { Agents } from '../../outbound/agents.ts';
import { exchange } from '../../outbound/exchange.ts';
import type { Network } from '../../outbound/network.ts';

const TIMEOUT_MS = 5000;
const LIMIT_BYTES = 256 * 1024;

/**
 * A JSON object from there: within five seconds, at most 256 KiB, and from no other place. Throws otherwise.
 */
export async function fetchJson(url: string, network: Network): Promise<Record<string, unknown>> {
  using agents = new Agents(network, { timeoutMs: TIMEOUT_MS });
  const answer = await exchange(new URL(url), {
    method: 'GET',
    headers: { Accept: 'application/json' },
    agents,
    timeoutMs: TIMEOUT_MS,
    maxBytes: LIMIT_BYTES,
  });
  if ('failure' in answer) throw Object.assign(new Error(answer.reason), { hint: answer.hint });
  if (answer.status !== 200) throw new Error(`Status ${answer.status}.`);
  const value: unknown = JSON.parse(answer.body.toString());
  if (typeof value !== 'object' || value === null) throw new Error('The answer is no JSON object.');
  return value as Record<string, unknown>;
}
