import type { Socket } from 'node:net';
import { type Client, readAddress } from '../middleware/ip-address.ts';

/** How many connections may be open, and who counts how. */
export interface ConnectionRules {
  readonly limits: () => { readonly maxConnections: number; readonly maxConnectionsPerAddress: number };
  /** Speaks for many clients: only the common limit holds for it. */
  readonly isProxy: (peer: Client) => boolean;
  /** Has delivered before, or is named as an address that deliveries come from. */
  readonly isKnown: (peer: Client) => boolean;
}

/** The part of the connections that strangers may take together. */
const STRANGERS_SHARE = 0.75;

/** Who closes before his address is asked for has none. */
const NOBODY: Client = { address: '', network: '' };

/** The open connections, by the network that they come from. */
export class Connections {
  readonly #rules: ConnectionRules;
  readonly #peers = new WeakMap<Socket, Client>();
  readonly #occupied = new WeakMap<Socket, { isClosed: boolean }>();
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(rules: ConnectionRules) {
    this.#rules = rules;
  }

  get open(): number {
    return this.#open;
  }

  /** Whether there is room for it; it counts until it is closed. */
  admit(socket: Socket): boolean {
    const peer = readAddress(socket.remoteAddress ?? '') ?? NOBODY;
    const count = this.#counts.get(peer.network) ?? 0;
    if (!this.#hasRoom(peer, count)) return false;
    this.#peers.set(socket, peer);
    this.#counts.set(peer.network, count + 1);
    this.#open += 1;
    socket.once('close', () => {
      const occupied = this.#occupied.get(socket);
      if (occupied === undefined) this.#leave(peer);
      else occupied.isClosed = true;
    });
    return true;
  }

  /** Lets it count until the function is called, also when it is closed before. */
  occupy(socket: Socket): () => void {
    const occupied = { isClosed: false };
    this.#occupied.set(socket, occupied);
    return () => {
      this.#occupied.delete(socket);
      if (occupied.isClosed) this.#leave(this.peerOf(socket));
    };
  }

  peerOf(socket: Socket): Client {
    return this.#peers.get(socket) ?? NOBODY;
  }

  #hasRoom(peer: Client, count: number): boolean {
    const { limits, isProxy, isKnown } = this.#rules;
    const { maxConnections, maxConnectionsPerAddress } = limits();
    if (this.#open >= maxConnections) return false;
    if (isProxy(peer)) return true;
    return (
      count < maxConnectionsPerAddress &&
      (this.#open < Math.ceil(STRANGERS_SHARE * maxConnections) || isKnown(peer))
    );
  }

  #leave({ network }: Client): void {
    this.#open -= 1;
    const count = (this.#counts.get(network) ?? 1) - 1;
    if (count === 0) this.#counts.delete(network);
    else this.#counts.set(network, count);
  }
}
