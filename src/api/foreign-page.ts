import type { IncomingHttpHeaders } from 'node:http';
import { errorResponse } from '../http/json-response.ts';

/** Browsers send these where they trust the address: over HTTPS, and to this machine. */
const SITE = 'sec-fetch-site';
const MODE = 'sec-fetch-mode';
const DESTINATION = 'sec-fetch-dest';

/**
 * Whether a page of another site makes a browser ask this: it could not read the answer, but each costs a
 * question, and the browser may send a login along. A link to here is followed by a person, and allowed.
 *
 * `same-site` is another site too. Ports do not count, so to the service on `localhost:9876` it is whatever else
 * runs on this machine; and on a company's domain the page of any other team.
 */
export function isFromForeignPage(headers: IncomingHttpHeaders): boolean {
  const site = headers[SITE];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  return headers[MODE] !== 'navigate' || headers[DESTINATION] !== 'document';
}

/** The answer to it. */
export const FOREIGN_PAGE = errorResponse('forbidden', {
  message:
    'A page of another site made the browser ask this (Sec-Fetch-Site). Open the address itself; programs ask without that header.',
});
