import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerAndClose, answerJson, type JsonAnswer } from '../middleware/answer.ts';
import type { Refusal } from './refusals.ts';
import type { Tally } from './tally.ts';

export interface ReplyOptions {
  readonly tally: Tally;
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
   * Refuses later, reads nothing from the connection until then, and closes it. An answer at once would only let the next
   * request come the sooner, and costs more than to wait.
   */
  hold(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    const { socket } = request;
    this.#options.tally.refused(refusal.reason, request);
    this.#held.add(socket);
    socket.pause();
    const timer = setTimeout(() => answerAndClose(request, response, refusal.answer), this.#options.holdMs);
    socket.once('close', () => clearTimeout(timer));
  }
}
