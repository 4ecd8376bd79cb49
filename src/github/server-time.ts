import { httpTimeMs } from '../domain/http-time.ts';
import { Agents } from '../outbound/agents.ts';
import { exchange } from '../outbound/exchange.ts';
import type { Network } from '../outbound/network.ts';
import { completeApiUrl } from './client/api-url.ts';
import { isFromGitHub } from './client/response-headers.ts';

/** The time in ms since the epoch, or why it is not known and what to do about it. */
export type ServerTime =
  | { readonly ms: number; readonly isFromGitHub: boolean }
  | { readonly reason: string; readonly hint?: string };

/** It answered. */
export const NO_DATE = 'its answers have no Date header';
const MAX_BODY_BYTES = 1024 ** 2;

/** What time it is at GitHub, in whole seconds; asks without logging in. */
export async function readServerTime(
  apiUrl: string,
  network: Network,
  timeoutMs: number,
): Promise<ServerTime> {
  const completed = completeApiUrl(apiUrl);
  const url = new URL('url' in completed ? `${completed.url}/rate_limit` : apiUrl);
  using agents = new Agents(network, { timeoutMs });
  const headers = { 'User-Agent': 'ant-watcher', Accept: 'application/vnd.github+json' };
  const answer = await exchange(url, { method: 'GET', headers, agents, timeoutMs, maxBytes: MAX_BODY_BYTES });
  if ('failure' in answer) return answer;
  const ms = httpTimeMs(answer.headers.get('date') ?? '');
  return Number.isNaN(ms) ? { reason: NO_DATE } : { ms, isFromGitHub: isFromGitHub(answer.headers) };
}
