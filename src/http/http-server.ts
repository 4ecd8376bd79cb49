import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import type { KeyPair } from './key-pair.ts';

/** For a client that connects and says nothing. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * A server that speaks TLS where there is a certificate, and changes to the next one while connections stay.
 */
export function createHttpServer(options: ServerOptions, certificate: Certificate | null): Server {
  if (certificate === null) return createServer(options);
  const server = createSecureServer({
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
 * Node.js's own `closeAllConnections` knows only those whose handshake is done, and `close` waits for the
 * others as well.
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
