import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { nodeHttp, nodeHttps } from '../http/node-http.ts';

/** A listener as its settings have it. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Whether it speaks TLS. */
  readonly isSecure: boolean;
}

/** The URL of a listener, without a path, for this machine. */
export function urlOf({ host, port, isSecure }: Listener): string {
  return `${isSecure ? 'https' : 'http'}://${reachable(host)}:${port}`;
}

/** Where something that listens on `host` can be reached from this machine. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Asks directly, whatever proxies there are. Rejects when there is no answer within that time. The certificate
 * is not checked: it is for another name than the one used here, and nothing secret may be sent.
 */
export async function askListener(url: string, withinMs: number) {
  const options = { signal: AbortSignal.timeout(withinMs), agent: false as const };
  const asked = url.startsWith('https:')
    ? nodeHttps().request(url, { ...options, rejectUnauthorized: false })
    : nodeHttp().request(url, options);
  const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await text(answer) };
}
