import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerAndClose, answerJson, type JsonAnswer } from '../http/answer.ts';
import type { Connections } from './connections.ts';
import type { Refusal } from './refusals.ts';
import type { Tally } from './request-counters.ts';

export interface ReplyOptions {
  readonly tally: Tally;
  readonly connections: Connections;
  readonly isClosing: () => boolean;
  /** How long a request that came too often waits for its answer, and its connection with it. */
  readonly holdMs: number;
}

/** Gives the answers, and counts those that are refusals. */
export class Replies {
  readonly #options: ReplyOptions;
  readonly #held = new WeakSet<Socket>();

  constructor(options: ReplyOptions) {
    this.#options = options;
  }

  /** Whether nothing more is answered on this connection. */
  areOver(socket: Socket): boolean {
    return socket.writableEnded || this.#held.has(socket);
  }

  answer(response: ServerResponse, result: JsonAnswer): void {
    if (this.#options.isClosing()) response.setHeader('Connection', 'close');
    answerJson(response, result);
  }

  /** `isUnread`: the body is, and may be long; the connection is then closed. */
  refuse(
    request: IncomingMessage,
    response: ServerResponse,
    refusal: Refusal,
    { isUnread = false } = {},
  ): void {
    this.#options.tally.refused(refusal.reason, request);
    if (isUnread) answerAndClose(request, response, refusal.answer);
    else this.answer(response, refusal.answer);
  }

  /**
   * Refuses later, and closes the connection then: an answer at once would only let the next request come the
   * sooner. Who leaves before has a connection less until then, so that each address is held to so many such
   * requests in the time.
   */
  hold(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    const { socket } = request;
    const { tally, connections, holdMs } = this.#options;
    tally.refused(refusal.reason, request);
    this.#held.add(socket);
    const release = connections.occupy(socket);
    setTimeout(() => {
      release();
      if (!socket.destroyed) answerAndClose(request, response, refusal.answer);
    }, holdMs).unref();
  }
}
