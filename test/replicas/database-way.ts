import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a database server on this machine on which anything may happen. */
export interface DatabaseWay extends AsyncDisposable {
  readonly port: number;
  /** Where new connections lead. */
  aim(serverPort: number): void;
  /** Ends all connections, as a fail-over does. */
  cut(): void;
  /**
   * From now on nothing passes in either direction, and nobody is told: as behind a router that lost its power.
   * New connections are accepted, and hear nothing.
   */
  hold(): void;
  /** Holds the next connection on which a client sends this text, without that; resolves when it does. */
  holdBefore(text: string): Promise<void>;
  /** Ends what was held; new connections work again. */
  release(): void;
  /** Everything that is sent to the server arrives so much later. */
  delay(ms: number): void;
  /** The next connection on which a client sends this text is cut when the server answers, or before that. */
  cutAfter(text: string): void;
  /** How many were cut like that. */
  readonly cuts: number;
}

export async function openDatabaseWay(serverPort: number): Promise<DatabaseWay> {
  const way = new Way(serverPort);
  await way.open();
  return way;
}

class Way implements DatabaseWay {
  readonly #links = new Set<Link>();
  readonly #listener = createServer({ allowHalfOpen: false }, (client) => this.#link(client));
  #serverPort: number;
  #doom: string | null = null;
  #isHeld = false;
  #trap: { readonly text: string; readonly spring: () => void } | null = null;
  #delayMs = 0;
  cuts = 0;

  constructor(serverPort: number) {
    this.#serverPort = serverPort;
  }

  async open(): Promise<void> {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  get port(): number {
    const address = this.#listener.address();
    if (address === null || typeof address === 'string') throw new Error('It does not listen.');
    return address.port;
  }

  aim(serverPort: number): void {
    this.#serverPort = serverPort;
  }

  cut(): void {
    for (const link of this.#links) link.end();
  }

  hold(): void {
    this.#isHeld = true;
    for (const link of this.#links) link.hold();
  }

  holdBefore(text: string): Promise<void> {
    return new Promise((spring) => {
      this.#trap = { text, spring };
    });
  }

  release(): void {
    this.#isHeld = false;
    this.cut();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  cutAfter(text: string): void {
    this.#doom = text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
  }

  #link(client: Socket): void {
    const link = new Link(client, connect(this.#serverPort, '127.0.0.1'), {
      delayMs: () => this.#delayMs,
      isDoomed: (data) => this.#isDoomed(data),
      isTrapped: (data) => this.#isTrapped(data),
      onEnd: () => this.#links.delete(link),
    });
    this.#links.add(link);
    if (this.#isHeld) link.hold();
  }

  #isTrapped(data: Buffer): boolean {
    if (this.#trap === null || !data.includes(this.#trap.text)) return false;
    this.#trap.spring();
    this.#trap = null;
    return true;
  }

  #isDoomed(data: Buffer): boolean {
    if (this.#doom === null || !data.includes(this.#doom)) return false;
    this.#doom = null;
    this.cuts += 1;
    return true;
  }
}

interface LinkRules {
  readonly delayMs: () => number;
  readonly isDoomed: (data: Buffer) => boolean;
  readonly isTrapped: (data: Buffer) => boolean;
  readonly onEnd: () => void;
}

/** One connection. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #onEnd: () => void;
  /** What was sent last is with the server. */
  #sent: Promise<void> = Promise.resolve();
  #isHeld = false;
  #isDoomed = false;

  constructor(client: Socket, server: Socket, { delayMs, isDoomed, isTrapped, onEnd }: LinkRules) {
    this.#client = client;
    this.#server = server;
    this.#onEnd = onEnd;
    client.on('data', (data: Buffer) => {
      this.#isHeld ||= isTrapped(data);
      if (this.#isHeld) return;
      this.#isDoomed ||= isDoomed(data);
      this.#send(data, delayMs());
    });
    server.on('data', (data) => {
      // It has done what was asked, and nobody hears of it.
      if (this.#isDoomed) this.end();
      else if (!this.#isHeld) client.write(data);
    });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // Whoever is held hears nothing of the end of the other either.
      socket.on('error', () => this.#lose()).on('close', () => this.#lose());
    }
  }

  hold(): void {
    this.#isHeld = true;
  }

  end(): void {
    this.#client.destroy();
    this.#server.destroy();
    this.#onEnd();
  }

  #send(data: Buffer, delayMs: number): void {
    const write = () => {
      if (!this.#isHeld) this.#server.write(data);
    };
    this.#sent = this.#sent.then(() => (delayMs > 0 ? sleep(delayMs).then(write) : write()));
  }

  #lose(): void {
    if (!this.#isHeld) this.end();
  }
}
