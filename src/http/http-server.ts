import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Certificate } from './certificate.ts';
import type { KeyPair } from './key-pair.ts';
import { nodeHttp, nodeHttps } from './node-http.ts';

/** For a client that connects and sends nothing. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** A server that speaks TLS if there is a certificate. A renewed one is used without closing connections. */
export function createHttpServer(options: ServerOptions, certificate: Certificate | null): Server {
  if (certificate === null) return nodeHttp().createServer(options);
  const server = nodeHttps().createServer({
    ...options,
    ...secureOptions(certificate.current()),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  certificate.onRenewal((pair) => server.setSecureContext(secureOptions(pair)));
  closeHandshakesToo(server);
  return server;
}

function secureOptions({ cert, key }: KeyPair) {
  return { cert, key, minVersion: 'TLSv1.2' } as const;
}

/**
 * Node.js's own `closeAllConnections` only closes connections whose handshake is done, while `close` waits
 * for the others as well.
 */
function closeHandshakesToo(server: Server): void {
  const sockets = new Set<Socket>();
  const closeDone = server.closeAllConnections.bind(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.closeAllConnections = () => {
    closeDone();
    for (const socket of sockets) socket.destroy();
  };
}

/** A flood of them must not become a flood of lines. */
const FLOOD_MS = 10_000;

/** Logs, until the server is closed, that the system did not hand over a connection; else that would be a bug. */
export function logFailedConnections(server: NetServer, listener: 'api' | 'webhook', logger: Logger): void {
  const log = new SparingLog((fields) => logger.error('connection_failed', fields), FLOOD_MS);
  server.on('error', (err) => void log.log({ listener, err }));
  server.once('close', () => log.close());
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Binds the server and returns where it listens. Throws `listen_failed`. */
export async function listen(server: NetServer, { host, port }: Address): Promise<Address> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw listenFailed(error, { host, port });
  } finally {
    server.off('error', reject);
  }
  return boundAddress(server);
}

/** Where a listening server is bound. */
export function boundAddress(server: NetServer): Address {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; stop it or choose another port',
  EACCES: 'ports below 1024 need a privilege; choose a higher one',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name is not known',
};

export function listenFailed(error: unknown, { host, port }: Address): AntError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const hint = HINTS[code];
  return new AntError('listen_failed', `Cannot listen on ${host} port ${port}${code && ` (${code})`}.`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
