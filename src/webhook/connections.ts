import type { Socket } from 'node:net';
import { type Client, readAddress } from '../http/ip-address.ts';

/** How many connections may be open, and which ones count towards which limit. */
export interface ConnectionRules {
  readonly limits: () => { readonly maxConnections: number; readonly maxConnectionsPerAddress: number };
  /** Speaks for many clients: only the common limit applies to it. */
  readonly isProxy: (peer: Client) => boolean;
  /** Has delivered before, or is listed as an address that deliveries come from. */
  readonly isKnown: (peer: Client) => boolean;
}

/** The share of the connections that unknown senders may use together. */
const STRANGERS_SHARE = 0.75;

/** A connection that was closed before its address was read has none. */
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

  /** Whether there is room for the connection. If so, it counts until it is closed. */
  admit(socket: Socket): boolean {
    const peer = this.peerOf(socket);
    if (!this.#hasRoom(peer)) return false;
    this.#enter(peer);
    socket.once('close', () => this.#leave(peer));
    return true;
  }

  /** Keeps counting the connection until the returned function is called, even if it is closed before. */
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

  /** With TLS, the socket of a request is not the one that was admitted. */
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
