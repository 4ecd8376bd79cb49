import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { startIssuer } from '../fixtures/oidc-issuer.ts';
import { CERTIFICATE, KEY } from './certificate.ts';

/*
 * For tests: a network whose names only its gateway knows, as in companies where only the proxy reaches the
 * outside. GitHub, the issuer of job tokens and a receiver have names below ants.test, which no DNS knows:
 * without the proxy none of them is reachable.
 */

export const ISSUER = 'https://tokens.ants.test';
const HOOKS = ['192.0.2.0/24'];

export interface Company extends AsyncDisposable {
  /** `host:port` of the gateway, a proxy without a password. */
  readonly gateway: string;
  /** `https://github.ants.test/api/v3/meta`, for each request in order. */
  readonly seen: readonly string[];
  /** A job token of account 70. */
  token(): Promise<string>;
}

export async function startCompany(): Promise<Company> {
  const seen: string[] = [];
  const issuer = await startIssuer();
  issuer.answerWith((path) =>
    path.startsWith('/.well-known') ? { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` } : undefined,
  );
  const serve = (scheme: string) => (incoming: IncomingMessage, response: ServerResponse) => {
    const url = new URL(incoming.url ?? '', `${scheme}://${incoming.headers.host}`);
    seen.push(`${url.origin}${url.pathname}`);
    if (url.hostname === 'tokens.ants.test') return relay(issuer.issuer + url.pathname, incoming, response);
    incoming.resume();
    if (url.hostname === 'vm.ants.test') return void response.writeHead(204).end();
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(url.pathname.endsWith('/meta') ? { hooks: HOOKS } : {}));
  };
  const secure = createSecureServer({ cert: CERTIFICATE, key: KEY }, serve('https'));
  const plain = createServer(serve('http'));
  const gateway = createGateway({ https: await portOf(secure), http: await portOf(plain) });
  const gatewayPort = await portOf(gateway);
  return {
    gateway: `127.0.0.1:${gatewayPort}`,
    seen,
    token: () => issuer.sign({ issuer: ISSUER }),
    async [Symbol.asyncDispose]() {
      for (const server of [gateway, secure, plain]) {
        server.close();
        server.closeAllConnections();
      }
      await issuer[Symbol.asyncDispose]();
    },
  };
}

/** A forward proxy that knows the names below ants.test, and no others. */
function createGateway(ports: { readonly https: number; readonly http: number }): Server {
  const isKnown = (host: string) => host.endsWith('.ants.test');
  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '');
    if (url === null || !isKnown(url.hostname)) return void response.writeHead(502).end();
    relay(`http://127.0.0.1:${ports.http}${url.pathname}${url.search}`, incoming, response);
  });
  server.on('connect', (incoming, socket) => {
    const [host = '', port] = incoming.url?.split(':') ?? [];
    if (!isKnown(host) || port !== '443') return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const way = connect(ports.https, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      way.pipe(socket).pipe(way);
    });
    for (const each of [way, socket]) each.on('error', () => way.destroy()).on('close', () => way.destroy());
    way.on('close', () => socket.destroy());
  });
  return server;
}

function relay(to: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = incoming;
  const onward = request(to, { method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
