import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One address in front of several. */
export interface RoundRobin extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/**
 * Leads each connection to the next of the addresses at that moment. A connection to one that does not listen goes to
 * the one after it. `port`: where it listens; default: any free one.
 */
export async function openRoundRobin(addresses: () => readonly string[], port = 0): Promise<RoundRobin> {
  let turn = 0;
  const clients = new Set<Socket>();
  const listener = createServer(async (client) => {
    clients.add(client);
    client.on('error', () => client.destroy()).on('close', () => clients.delete(client));
    turn += 1;
    const server = await connectToOne(addresses(), turn);
    if (server === null) return void client.destroy();
    server.on('error', () => client.destroy()).on('close', () => client.destroySoon());
    client.on('close', () => server.destroy());
    client.pipe(server).pipe(client);
  }).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return {
    address: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      listener.close();
    },
  };
}

async function connectToOne(addresses: readonly string[], turn: number): Promise<Socket | null> {
  for (let attempt = 0; attempt < addresses.length; attempt += 1) {
    const [host = '', port] = (addresses[(turn + attempt) % addresses.length] ?? '').split(':');
    const socket = connect(Number(port), host);
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      socket.destroy();
    }
  }
  return null;
}
