import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { CERTIFICATE, KEY } from '../../middleware/certificate-fixture.ts';
import { DIRECT } from '../../outbound/network.ts';
import { openReceiver } from './open-receiver.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** For tests: a server on a loopback port. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** How many connections were made. */
  connections(): number;
}

/** One request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A receiver of `ReceiverOptions` with everything that a test does not care for. */
export function openTestReceiver(options: Pick<ReceiverOptions, 'url'> & Partial<ReceiverOptions>) {
  const receiver = openReceiver({
    protocol: 'victoriametrics',
    extraLabels: [],
    headers: {},
    basicAuth: null,
    bearerToken: null,
    network: DIRECT,
    timeoutMs: 30_000,
    version: '1.2.3',
    ...options,
  });
  return Object.assign(receiver, { [Symbol.asyncDispose]: () => receiver.close() });
}

/** A server that keeps what arrives in `arrived`, and answers the replies in turn, the last for ever. */
export async function startReplying(
  replies: readonly Reply[],
  { tls = false } = {},
): Promise<TestServer & { readonly arrived: readonly Arrived[] }> {
  const arrived: Arrived[] = [];
  const listener: RequestListener = async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    const { method = '', url: path = '', headers } = request;
    arrived.push({ method, path, headers, body });
    const reply = replies[Math.min(arrived.length, replies.length) - 1];
    response.writeHead(reply?.status ?? 500, reply?.headers).end(reply?.body);
  };
  const server = tls ? createTlsServer({ cert: CERTIFICATE, key: KEY }, listener) : createServer(listener);
  return Object.assign(await listening(server), { arrived });
}

/** A server that does with each connection, once something was sent on it, what no server should do. */
export async function startMisbehaving(misbehave: (socket: Socket) => void): Promise<TestServer> {
  return listening(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => misbehave(socket));
    }),
  );
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<TestServer> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return {
    port: address.port,
    connections: () => sockets.length,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
