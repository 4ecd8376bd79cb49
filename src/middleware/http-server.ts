import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Certificate } from './certificate.ts';
import type { KeyPair } from './key-pair.ts';

/** For a client that connects and says nothing. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** A server that speaks TLS where there is a certificate, and changes to the next one while connections stay. */
export function createHttpServer(options: ServerOptions, certificate: Certificate | null): Server {
  if (certificate === null) return createServer(options);
  const server = createSecureServer({
    ...options,
    ...secureOptions(certificate.current()),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  certificate.onRenewal((pair) => server.setSecureContext(secureOptions(pair)));
  return server;
}

function secureOptions({ cert, key }: KeyPair) {
  return { cert, key, minVersion: 'TLSv1.2' } as const;
}
