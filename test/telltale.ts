import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A server that repeats everything it was sent: what a proxy in debug mode, or a careless one, puts into its
 * error pages.
 */

export interface Telltale extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** Paths of the requests. */
  readonly paths: readonly string[];
}

/** `/STATUS/…` is answered with that status, anything else as GitHub refuses a token. */
export async function openTelltale(): Promise<Telltale> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume();
    request.once('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer({ url = '', rawHeaders, headers }: IncomingMessage, response: ServerResponse): void {
  const status = Number(/^\/(\d{3})\//.exec(url)?.[1] ?? 401);
  const { authorization = '' } = headers;
  const [, encoded = ''] = authorization.split(' ');
  const body = {
    message: `Bad credentials ${encoded}: ${url} ${rawHeaders.join(' ')}`,
    decoded: Buffer.from(encoded, 'base64').toString('latin1'),
    headers,
  };
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Echo': encodeURI(authorization) });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
