import { Agents } from '../../outbound/agents.ts';
import { exchange } from '../../outbound/exchange.ts';
import type { Network } from '../../outbound/network.ts';
import type { Sleep } from '../../timing/sleep.ts';

export interface ReadBackOptions {
  /** The complete URL to which samples are sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly timeoutMs: number;
  readonly sleep: Sleep;
}

/**
 * VictoriaMetrics shows new samples after about a second. A query before that makes it remember for ten more
 * seconds that there is no such series (seen with 1.79).
 */
const WAITS_MS = [1500, 2000, 4000, 8000];
const OK = 200;
/** One series is found, or none. */
const MAX_BODY_BYTES = 16 * 1024;

/**
 * Whether the value of a metric, written with the time `atMs`, can be read from the same server; null if it
 * answers no queries there. VictoriaMetrics (single-node) and Prometheus do, beside the endpoints that
 * samples are sent to (https://docs.victoriametrics.com/victoriametrics/url-examples/#apiv1query).
 */
export async function readsBack(
  metric: string,
  value: number,
  atMs: number,
  options: ReadBackOptions,
): Promise<boolean | null> {
  const url = queryUrlOf(options.url);
  if (url === null) return null;
  url.searchParams.set('query', `${metric} == ${value}`);
  url.searchParams.set('time', String(atMs / 1000));
  // Otherwise VictoriaMetrics hides samples of the last 30 s.
  url.searchParams.set('nocache', '1');
  for (const waitMs of WAITS_MS) {
    await options.sleep(waitMs);
    const count = await countOf(url, options);
    if (count === null || count > 0) return count === null ? null : true;
  }
  return false;
}

/** In a cluster, the component that accepts samples answers no queries. */
export function queryUrlOf(url: URL): URL | null {
  const path = url.pathname.replace(/\/api\/v1\/(import\/prometheus|write)$/, '/api/v1/query');
  if (path === url.pathname || /(^|\/)insert\//.test(path)) return null;
  const query = new URL(url);
  query.pathname = path;
  return query;
}

/** How many series the query finds; null if this server does not say. */
async function countOf(
  url: URL,
  { headers, network, timeoutMs }: Pick<ReadBackOptions, 'headers' | 'network' | 'timeoutMs'>,
): Promise<number | null> {
  using agents = new Agents(network, { timeoutMs });
  const answer = await exchange(url, {
    method: 'GET',
    headers,
    agents,
    timeoutMs,
    maxBytes: MAX_BODY_BYTES,
  });
  if ('failure' in answer || answer.status !== OK) return null;
  try {
    const response = JSON.parse(answer.body.toString()) as { data?: { result?: unknown } } | null;
    const result = response?.data?.result;
    return Array.isArray(result) ? result.length : null;
  } catch {
    return null;
  }
}
