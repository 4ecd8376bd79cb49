import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { errorResponse } from '../../http/json-response.ts';
import type { Answer } from './answer.ts';
import { readTarget } from './target.ts';

/** A request, and what its route was found by. */
export interface ApiRequest {
  /** `HEAD` is answered as `GET`, without the body. */
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The address of the other end of the connection. */
  readonly ip: string;
  /** What stands where the path of the route is open; '' if nothing does. */
  readonly param: string;
  /** What follows the question mark, as it came. */
  readonly search: string;
  /** For those who read a body. */
  readonly incoming: IncomingMessage;
  /** For those who follow what becomes of the answer, or write it themselves. */
  readonly response: ServerResponse;
}

/** Null: it writes the response itself. */
export type Handler = (request: ApiRequest) => Answer | null | Promise<Answer | null>;

/** Answers a request that may not go on; null: it may. */
export type Guard = (request: ApiRequest) => Answer | null;

/** Where routes are added. The last part of a path may be open: `/runs/:id`. */
export interface Routes {
  get(path: string, handle: Handler): void;
  post(path: string, handle: Handler): void;
}

/** The way of a request. */
export interface FoundRoute extends Pick<ApiRequest, 'param' | 'search'> {
  /** As the route was added; `unknown` if there is none. */
  readonly path: string;
  readonly handle: Handler;
}

type Route = Pick<FoundRoute, 'path' | 'handle'>;

/** No id and no file of ours is longer. */
const MOST_LETTERS = 100;

const MALFORMED = errorResponse('bad_request', { message: 'The path is not a valid URL.' });
const TOO_LONG = errorResponse('path_too_long');

/** Which handler answers which request. */
export class RouteTable {
  /** By method and path. */
  readonly #fixed = new Map<string, Route>();
  /** By method and what comes before the open part. */
  readonly #open = new Map<string, Route>();
  readonly #otherwise: Handler;

  /** `otherwise` answers where there is no route. */
  constructor(otherwise: Handler) {
    this.#otherwise = otherwise;
  }

  /** What is added here is only asked if `guard` lets the request go on. */
  behind(guard: Guard = () => null): Routes {
    const add = (method: string, path: string, handle: Handler) => {
      const [before, open] = path.split(':');
      const routes = open === undefined ? this.#fixed : this.#open;
      routes.set(`${method} ${before}`, { path, handle: (request) => guard(request) ?? handle(request) });
    };
    return {
      get: (path, handle) => add('GET', path, handle),
      post: (path, handle) => add('POST', path, handle),
    };
  }

  /** For the target of a request, as `IncomingMessage.url` has it. */
  find(method: string, target: string): FoundRoute {
    const read = readTarget(target);
    if (read === null) return nowhere(() => MALFORMED);
    const { path, parent, last, search } = read;
    const verb = method === 'HEAD' ? 'GET' : method;
    const fixed = this.#fixed.get(`${verb} ${path}`);
    if (fixed !== undefined) return { ...fixed, param: '', search };
    const open = this.#open.get(`${verb} ${parent}`);
    if (open === undefined) return nowhere(this.#otherwise);
    return last.length > MOST_LETTERS ? nowhere(() => TOO_LONG) : { ...open, param: last, search };
  }
}

function nowhere(handle: Handler): FoundRoute {
  return { path: 'unknown', handle, param: '', search: '' };
}
