import type { PushProtocol } from './receiver-options.ts';

/** Where samples are sent. */
export interface ReceiverUrl {
  /** Complete, without user info. */
  readonly url: URL;
  /** The user info of the URL that was given. */
  readonly basicAuth: BasicAuth | null;
  /** For people: without user info and without the values of the query, which may be keys. */
  readonly shown: string;
}

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

interface Endpoint {
  /** Added to a URL that names no endpoint. */
  readonly path: string;
  /** Paths that name one already. */
  readonly known: RegExp;
}

/**
 * VictoriaMetrics has its import endpoint on single nodes, vmagent, and for each tenant of a cluster
 * (https://docs.victoriametrics.com/victoriametrics/url-examples/), with grouping labels after it as the
 * Pushgateway has them. Remote write has no path of its own: `write` is Prometheus' and VictoriaMetrics',
 * `push` Mimir's and Grafana Cloud's, `receive` Thanos', `remote_write` Amazon's.
 */
const ENDPOINTS: Readonly<Record<PushProtocol, Endpoint>> = {
  victoriametrics: {
    path: '/api/v1/import/prometheus',
    known: /\/api\/v1\/import\/prometheus(\/metrics\/job\/.+)?$/,
  },
  remote_write: { path: '/api/v1/write', known: /\/(write|push|receive|remote_write)$/ },
};

/** Endpoints that accept neither protocol. */
const OTHER_ENDPOINT = /\/api\/v1\/import(\/(csv|native))?$|\/v1\/metrics$/;

/**
 * The URL to send to: a host, prefix or tenant gets the protocol's usual endpoint, a URL that names an
 * endpoint stays. Its query stays too. Otherwise the problem, as the end of a sentence that starts with the
 * setting's name; it contains no part of the text.
 */
export function completeReceiverUrl(
  text: string,
  protocol: PushProtocol,
): ReceiverUrl | { readonly problem: string } {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return { problem: 'must be a URL that begins with http:// or https://, as in http://vm:8428' };
  }
  const basicAuth = userInfoOf(url);
  if (basicAuth === undefined) return { problem: 'has user info with a % that begins no escape: write %25' };
  url.username = '';
  url.password = '';
  url.hash = '';
  const path = url.pathname.replace(/\/+$/, '');
  const problem = pathProblem(path, protocol);
  if (problem !== null) return { problem };
  url.pathname = ENDPOINTS[protocol].known.test(path) ? path : path + ENDPOINTS[protocol].path;
  return { url, basicAuth, shown: shownUrl(url) };
}

function pathProblem(path: string, protocol: PushProtocol): string | null {
  const { known } = ENDPOINTS[protocol];
  if (known.test(path)) return null;
  const others = Object.entries(ENDPOINTS).filter(([, other]) => other.known.test(path));
  for (const [other] of others) return `names an endpoint of the protocol ${other}, not of ${protocol}`;
  return OTHER_ENDPOINT.test(path) ? `names an endpoint that does not take ${protocol}` : null;
}

/** Undefined when it can't be read. */
function userInfoOf({ username, password }: URL): BasicAuth | null | undefined {
  if (username === '' && password === '') return null;
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}
