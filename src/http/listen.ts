import type { AddressInfo, Server } from 'node:net';
import { AntError } from '../domain/errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Binds the server and answers where it listens. Throws `listen_failed`. */
export async function listen(server: Server, { host, port }: Address): Promise<Address> {
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
export function boundAddress(server: Server): Address {
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
