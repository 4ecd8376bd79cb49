import type { Socket } from 'node:net';
import { type Client, readAddress } from '../http/ip-address.ts';

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
    const peer = this.peerOf(socket);
    if (!this.#hasRoom(peer)) return false;
    this.#enter(peer);
    socket.once('close', () => this.#leave(peer));
    return true;
  }

  /** Lets it count until the function is called, also when it is closed before. */
  occupy(socket: Socket): () => void {
    const peer = this.peerOf(socket);
    let isLeft = false;
    const stay = () => {
      isLeft = true;
      this.#enter(peer);
    };
    socket.once('close', stay);
    return () => {
      socket.off('close', stay);
      if (isLeft) this.#leave(peer);
    };
  }

  /** Of a request with TLS, the socket is another one than the connection that was admitted. */
  peerOf(socket: Socket): Client {
    const known = this.#peers.get(socket);
    if (known !== undefined) return known;
    const peer = readAddress(socket.remoteAddress ?? '') ?? NOBODY;
    this.#peers.set(socket, peer);
    return peer;
  }

  #hasRoom(peer: Client): boolean {
    const { limits, isProxy, isKnown } = this.#rules;
    const { maxConnections, maxConnectionsPerAddress } = limits();
    if (this.#open >= maxConnections) return false;
    if (isProxy(peer)) return true;
    return (
      this.#countOf(peer) < maxConnectionsPerAddress &&
      (this.#open < Math.ceil(STRANGERS_SHARE * maxConnections) || isKnown(peer))
    );
  }

  #countOf({ network }: Client): number {
    return this.#counts.get(network) ?? 0;
  }

  #enter(peer: Client): void {
    this.#open += 1;
    this.#counts.set(peer.network, this.#countOf(peer) + 1);
  }

  #leave(peer: Client): void {
    this.#open -= 1;
    const count = this.#countOf(peer) - 1;
    if (count === 0) this.#counts.delete(peer.network);
    else this.#counts.set(peer.network, count);
  }
}
