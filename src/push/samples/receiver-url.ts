import { completeUrl, type EndpointUrl } from '../../outbound/endpoint-url.ts';
import { PROTOCOLS, type PushProtocol } from '../protocols.ts';

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
  const { path: usual, known } = PROTOCOLS[protocol];
  return completeUrl(text, (path) => {
    const problem = pathProblem(path, protocol);
    return problem === null ? { path: known.test(path) ? path : path + usual } : { problem };
  });
}

function pathProblem(path: string, protocol: PushProtocol): string | null {
  const { known } = PROTOCOLS[protocol];
  if (known.test(path)) return null;
  const others = Object.entries(PROTOCOLS).filter(([, other]) => other.known.test(path));
  for (const [other] of others) return `names an endpoint of the protocol ${other}, not of ${protocol}`;
  return OTHER_ENDPOINT.test(path) ? `names an endpoint that does not take ${protocol}` : null;
}
