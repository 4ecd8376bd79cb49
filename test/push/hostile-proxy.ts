import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that came to the proxy. */
export interface ProxiedRequest {
  readonly body: Buffer;
  readonly authorization: string | undefined;
}

/** What the proxy does instead of passing on request and answer. */
export type Fault = (request: ProxiedRequest, response: ServerResponse, pass: Pass) => void | Promise<void>;

/** Passes the request to the real receiver and returns its status. */
export type Pass = () => Promise<number>;

export interface HostileProxy extends AsyncDisposable {
  readonly url: string;
  /** The number of requests with samples. */
  requests(): number;
}

/**
 * Stands in front of a real receiver. `judge` is called for each request with samples; when it returns
 * nothing, the request passes through.
 */
export async function startHostileProxy(
  target: string,
  judge: (request: ProxiedRequest, number: number) => Fault | undefined,
): Promise<HostileProxy> {
  let requests = 0;
  const server = createServer(async (incoming, response) => {
    if (incoming.method === 'GET') return void relay(target, incoming, response);
    const body = Buffer.concat(await Array.fromAsync(incoming));
    const request = { body, authorization: incoming.headers.authorization };
    requests += 1;
    const pass = () => forward(target, incoming, body);
    const fault = judge(request, requests) ?? honest;
    await fault(request, response, pass);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Answers a status, with a reason that the real receiver could give. */
export function answering(status: number, headers: Record<string, string> = {}): Fault {
  return (_, response) => void response.writeHead(status, headers).end(`no: ${status}`);
}

/** Everything that may go wrong between a client and a healthy server. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'asks to come back later': answering(429, { 'Retry-After': '1' }),
  'has an internal error': answering(500),
  'is overloaded': answering(503),
  'does not answer': () => undefined,
  'takes it and does not answer': async (_, __, pass) => void (await pass()),
  'takes it and answers half': async (_, response, pass) => {
    response.writeHead(await pass(), { 'Content-Length': '100' }).write('half', () => response.destroy());
  },
  'takes it and cuts the connection': async (_, response, pass) => {
    await pass();
    response.socket?.resetAndDestroy();
  },
  'cuts the connection': (_, response) => void response.socket?.resetAndDestroy(),
};

const honest: Fault = async (_, response, pass) => void response.writeHead(await pass()).end();

/** The receiver's own metrics. */
async function relay(target: string, { url }: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await fetch(`${target}${url}`).catch(() => undefined);
  response.writeHead(answer?.status ?? 503).end(await answer?.text());
}

/** To clients of the proxy, a receiver that is down looks like an overloaded one. */
async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<number> {
  const { host: _, 'content-length': __, connection: ___, ...headers } = incoming.headers;
  const answer = await fetch(`${target}${incoming.url}`, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body: new Uint8Array(body),
  }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status ?? 503;
}
