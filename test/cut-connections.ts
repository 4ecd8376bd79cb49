import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on this machine that can be cut. */
export interface CutConnections extends AsyncDisposable {
  readonly port: number;
  /** The next connection on which a client sends this command is cut when the server says that it has run it. */
  cutAfter(command: string): void;
  readonly cuts: number;
}

export async function openCutConnections(serverPort: number): Promise<CutConnections> {
  let command: string | null = null;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    let awaited: string | null = null;
    const end = () => {
      for (const socket of [client, server]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    client.on('data', (data) => {
      if (command !== null && data.includes(command)) {
        awaited = command;
        command = null;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (awaited !== null && data.includes(awaited)) {
        cuts += 1;
        end();
      } else client.write(data);
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return {
    port: address.port,
    cutAfter(wanted) {
      command = wanted;
    },
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}
