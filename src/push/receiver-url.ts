import { completeUrl, type EndpointUrl } from '../outbound/endpoint-url.ts';
import type { PushProtocol } from './receiver-options.ts';

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
 * As `completeUrl`: a host, prefix or tenant gets the protocol's usual endpoint, a URL that names an endpoint
 * stays.
 */
export function completeReceiverUrl(
  text: string,
  protocol: PushProtocol,
): EndpointUrl | { readonly problem: string } {
  const { path: usual, known } = ENDPOINTS[protocol];
  return completeUrl(text, (path) => {
    const problem = pathProblem(path, protocol);
    return problem === null ? { path: known.test(path) ? path : path + usual } : { problem };
  });
}

function pathProblem(path: string, protocol: PushProtocol): string | null {
  const { known } = ENDPOINTS[protocol];
  if (known.test(path)) return null;
  const others = Object.entries(ENDPOINTS).filter(([, other]) => other.known.test(path));
  for (const [other] of others) return `names an endpoint of the protocol ${other}, not of ${protocol}`;
  return OTHER_ENDPOINT.test(path) ? `names an endpoint that does not take ${protocol}` : null;
}
