import { addressRanges, readRange } from '../http/address-ranges.ts';

/** The proxies of the environment. Plain data, so that it can be handed to another thread. */
export interface Proxies {
  /** The proxy for `http:` URLs, which may hold user and password; null: none. */
  readonly http: string | null;
  /** The same for `https:` URLs. */
  readonly https: string | null;
  /** The entries of `NO_PROXY`. */
  readonly except: readonly string[];
}

export const NO_PROXIES: Proxies = { http: null, https: null, except: [] };

/** This machine itself: no proxy can mean the same by it. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** The proxy that a request to `url` goes through; null: none, it goes straight there. */
export function proxyFor(url: URL, { http, https, except }: Proxies): URL | null {
  const proxy = url.protocol === 'https:' ? https : http;
  const host = hostOf(url);
  if (proxy === null || LOOPBACK.test(host)) return null;
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : url.port;
  return except.some((entry) => covers(entry, host, port)) ? null : new URL(proxy);
}

/** The address of a proxy for people: without user and password. */
export function nameOfProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
}

/**
 * As curl and Go read them (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config): `*`, an address, a range of addresses, or
 * a domain, which stands for all below it too, with or without a dot or `*.` before it; a port may follow.
 */
function covers(entry: string, host: string, port: string | undefined): boolean {
  if (entry === '*') return true;
  const { name, port: wanted } = splitPort(entry.toLowerCase());
  if (wanted !== null && wanted !== port) return false;
  const range = readRange(name);
  if (range !== null) return readRange(host) !== null && addressRanges([range]).has(host);
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** An IPv6 address has a port only behind brackets. */
function splitPort(entry: string): { readonly name: string; readonly port: string | null } {
  const [, bracketed, plain, port = null] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? plain;
  return name === undefined ? { name: entry, port: null } : { name, port };
}
