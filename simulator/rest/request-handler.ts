import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../src/domain/contracts.ts';
import { backgroundSleep } from '../../src/timing/sleep.ts';
import { createRandom } from '../random.ts';
import { refusalOf } from './access.ts';
import type { ApiContext, Endpoint } from './endpoint.ts';
import {
  type RequestHeaders,
  readBody,
  readRequestHeaders,
  type Sealed,
  sealResponse,
  send,
} from './exchange.ts';
import type { FaultKind, Faults } from './faults.ts';
import { type Lies, withoutLie } from './lies.ts';
import { headersOf } from './limits.ts';
import { refusalByPolicy } from './policies.ts';
import type { RequestCounts } from './requests.ts';
import { type ApiResponse, refuse } from './response.ts';
import { nameOf, route } from './router.ts';

/** Receives requests, one by one. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface RequestHandlerOptions {
  readonly seed: string;
  /** The time here. */
  readonly clock: Clock;
  readonly context: ApiContext;
  readonly faults: Faults;
  readonly lies: Lies;
  readonly requests: RequestCounts;
}

/**
 * Clients take a host that is not github.com for an Enterprise Server:
 * https://docs.github.com/en/enterprise-server@3.18/rest/quickstart
 */
const ENTERPRISE_PATH = /^\/api\/v3\//;

/** This does not cost budget. */
const FREE = ['GET /rate_limit'];

export function createRequestHandler(options: RequestHandlerOptions): RequestHandler {
  const { seed, clock, faults, lies, requests } = options;
  const random = createRandom(`${seed}/requests`);
  let inProgress = 0;
  return async (request, response) => {
    inProgress++;
    response.on('close', () => inProgress--);
    const address = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const url = withoutLie(address);
    url.pathname = url.pathname.replace(ENTERPRISE_PATH, '/');
    const found = route(request.method, url.pathname);
    const name = found === undefined ? `${request.method} ${url.pathname}` : nameOf(found.endpoint);
    const fault = faults.draw(name);
    const truth = await answerOf(request, url, inProgress, options);
    const told = lies.tell(truth, name, address, request.headers['if-none-match']);
    const sealed = breakAnswer(told, fault, faults);
    const isAnswered = fault !== 'hang' && fault !== 'reset';
    requests.add(name, isAnswered ? sealed.status : 0);
    if (fault === 'reset') request.socket.destroy();
    if (fault === 'slow') await backgroundSleep(faults.slowMs);
    if (isAnswered) send(response, sealed, clock, random);
  };
}

/** An answer may have been made, and paid for, without ever reaching the caller. */
function breakAnswer(sealed: Sealed, fault: FaultKind | undefined, faults: Faults): Sealed {
  if (fault === 'garbage') return { ...sealed, status: 200, text: '<!DOCTYPE html>\n<title>Unicorn!' };
  if (fault !== 'error') return sealed;
  const status = faults.status();
  return { status, headers: { 'content-type': 'application/json' }, text: '{"message":"Server Error"}' };
}

async function answerOf(
  request: IncomingMessage,
  url: URL,
  inProgress: number,
  options: RequestHandlerOptions,
): Promise<Sealed> {
  const headers = readRequestHeaders(request);
  const version = headers?.version ?? '';
  if (headers === undefined) return plain(refuse(400, 'This version of the API is not supported.'));
  if (request.headers['user-agent'] === undefined) {
    return plain(refuse(403, 'Request forbidden by administrative rules. Please send a User-Agent header.'));
  }
  const sealed = await authenticated(request, url, inProgress, headers, options);
  sealed.headers['x-github-api-version-selected'] = version;
  return sealed;
}

async function authenticated(
  request: IncomingMessage,
  url: URL,
  inProgress: number,
  headers: RequestHeaders,
  { context }: RequestHandlerOptions,
): Promise<Sealed> {
  const { method = 'GET' } = request;
  const { credentials, limits } = context;
  const caller = credentials.callerOf(headers.authorization);
  if ('status' in caller) return plain(caller);
  const found = route(method, url.pathname);
  const isFree = found !== undefined && FREE.includes(nameOf(found.endpoint));
  const limited = limits.check(caller, method, inProgress, isFree);
  const limitHeaders = () => headersOf(limits.budgetOf(caller));
  if (limited !== undefined) return plain({ ...limited, headers: { ...limitHeaders(), ...limited.headers } });
  const body = await readBody(request).catch(() => null);
  if (body === null) return plain(refuse(400, 'Problems parsing JSON'));
  const address = url.origin + url.pathname;
  const asked = { path: found?.values ?? {}, query: url.searchParams, address, body, caller };
  const answer = await answerTo(found?.endpoint, asked, context);
  const sealed = sealResponse(answer, method, headers);
  // What the caller already has costs nothing.
  if (sealed.status !== 304 && !isFree) limits.count(caller);
  Object.assign(sealed.headers, limitHeaders());
  return sealed;
}

async function answerTo(
  endpoint: Endpoint | undefined,
  asked: Parameters<Endpoint['answer']>[0],
  context: ApiContext,
): Promise<ApiResponse> {
  if (endpoint === undefined) return refuse(501, 'The simulator does not serve this.');
  const unknown = [...asked.query.keys()].find((name) => !endpoint.parameters.includes(name));
  if (unknown !== undefined) return refuse(501, `The simulator does not obey the parameter ${unknown} here.`);
  const refusal =
    refusalByPolicy(context.policies, asked, context.directory.installations) ??
    refusalOf(endpoint.access, asked, context.directory, context.withdrawn);
  return refusal ?? (await endpoint.answer(asked, context));
}

function plain(answer: ApiResponse): Sealed {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...answer.headers };
  return { status: answer.status, headers, text: JSON.stringify(answer.body) };
}
