import { addressRanges, readRange } from '../http/address-ranges.ts';

/** The proxies of the environment. Plain data, so it can be passed to another thread. */
export interface Proxies {
  /** The proxy for `http:` URLs, which may contain user and password; null: none. */
  readonly http: string | null;
  /** The same for `https:` URLs. */
  readonly https: string | null;
  /** The entries of `NO_PROXY`. */
  readonly except: readonly string[];
}

export const NO_PROXIES: Proxies = { http: null, https: null, except: [] };

/** This machine itself: to a proxy these names mean another machine. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** The proxy for a request to `url`; null: none, it goes there directly. */
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
 * Entries as curl and Go read them (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config): `*`, an
 * address, a range of addresses, or a domain, which includes its subdomains, with or without a leading dot or
 * `*.`; a port may follow.
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

/** An IPv6 address can have a port only after brackets. */
function splitPort(entry: string): { readonly name: string; readonly port: string | null } {
  const [, bracketed, plain, port = null] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? plain;
  return name === undefined ? { name: entry, port: null } : { name, port };
}
