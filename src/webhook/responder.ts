import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type JsonResponse, sendAndClose, sendJson } from '../http/json-response.ts';
import type { Connections } from './connections.ts';
import type { Rejection } from './rejections.ts';
import type { RequestCounters } from './request-counters.ts';

export interface ResponderOptions {
  readonly counters: RequestCounters;
  readonly connections: Connections;
  readonly isClosing: () => boolean;
  /** How long to wait with the response to a request that came too often, and keep its connection. */
  readonly rejectionDelayMs: number;
}

/** Sends the responses, and counts rejections. */
export class Responder {
  readonly #options: ResponderOptions;
  readonly #held = new WeakSet<Socket>();

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** Whether nothing more is sent on this connection. */
  isDone(socket: Socket): boolean {
    return socket.writableEnded || this.#held.has(socket);
  }

  send(response: ServerResponse, result: JsonResponse): void {
    if (this.#options.isClosing()) response.setHeader('Connection', 'close');
    sendJson(response, result);
  }

  /** `isUnread`: the body was not read and may be long, so the connection is closed. */
  reject(
    request: IncomingMessage,
    response: ServerResponse,
    rejection: Rejection,
    { isUnread = false } = {},
  ): void {
    this.#options.counters.rejected(rejection.reason, request);
    if (isUnread) sendAndClose(request, response, rejection.response);
    else this.send(response, rejection.response);
  }

  /**
   * Rejects later, and closes the connection then: an immediate response would only bring the next request
   * sooner. A client that leaves early keeps its connection slot until then, so each address is limited to as
   * many such requests in that time.
   */
  rejectLater(request: IncomingMessage, response: ServerResponse, rejection: Rejection): void {
    const { socket } = request;
    const { counters, connections, rejectionDelayMs } = this.#options;
    counters.rejected(rejection.reason, request);
    this.#held.add(socket);
    const release = connections.occupy(socket);
    setTimeout(() => {
      release();
      if (!socket.destroyed) sendAndClose(request, response, rejection.response);
    }, rejectionDelayMs).unref();
  }
}
