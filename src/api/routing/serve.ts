import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { traced, type Work } from '../../timing/traced.ts';
import type { Answer } from './answer.ts';
import type { ApiRequest, FoundRoute, RouteTable } from './route-table.ts';

export interface ServeOptions {
  readonly table: RouteTable;
  /** The answer where a handler throws. */
  readonly answerTo: (error: unknown, request: ApiRequest, path: string) => Answer;
  /** The headers of each response; those of an answer go before. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether each response is the last one of its connection. */
  readonly isClosing: () => boolean;
  /** Paths of routes whose requests last for hours: there are no traces of them. */
  readonly untraced: readonly string[];
}

/** What answers the requests of a server. */
export function serve(options: ServeOptions): (incoming: IncomingMessage, response: ServerResponse) => void {
  const { table, untraced } = options;
  return (incoming, response) => {
    const { method = '', url = '' } = incoming;
    const found = table.find(method, url);
    if (untraced.includes(found.path)) void respond(found, incoming, response, options);
    else
      void traced(
        () => workOf(method, found.path),
        async (work) => {
          // Before anything is awaited: its client may leave at any time.
          const closed = work === null ? null : closeOf(response);
          await respond(found, incoming, response, options);
          await closed;
          if (work !== null) work.attributes['http.response.status_code'] = response.statusCode;
        },
      );
  };
}

/** From the head of the request until the response is sent. */
function workOf(method: string, path: string): Work {
  return {
    name: `${method} ${path}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': path },
    isRoot: true,
  };
}

function closeOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', resolve));
}

async function respond(
  { path, handle, param, search }: FoundRoute,
  incoming: IncomingMessage,
  response: ServerResponse,
  { answerTo, headers, isClosing }: ServeOptions,
): Promise<void> {
  const { method = '', socket } = incoming;
  const ip = socket.remoteAddress ?? '';
  const request = { method, headers: incoming.headers, ip, param, search, incoming, response };
  const sendWhole = (answer: Answer) => {
    const last = isClosing() ? { Connection: 'close' } : {};
    send(response, { ...answer, headers: { ...headers, ...last, ...answer.headers } });
  };
  try {
    const answer = await handle(request);
    if (answer !== null) sendWhole(answer);
  } catch (error) {
    sendWhole(answerTo(error, request, path));
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  // It has begun with something else, and can't be taken back.
  if (response.headersSent) response.destroy();
  else if (body === undefined) response.writeHead(status, headers).end();
  else if (body instanceof Readable)
    // Who is interested in its end looks at the response.
    pipeline(body, response.writeHead(status, headers), () => undefined);
  else {
    const about = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': byteLength(body) };
    response.writeHead(status, { ...about, ...headers }).end(body);
  }
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}
