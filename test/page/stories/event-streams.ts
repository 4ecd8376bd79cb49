import type { IncomingMessage, ServerResponse } from 'node:http';

/** A stream of server-sent events to one page, which a test controls. */
export interface EventStream {
  send(event: string, data: unknown): void;
  /** Ends it as a crash does. */
  cut(): void;
  /** Resolves when the page has closed it. */
  readonly closed: Promise<void>;
}

/** Takes requests for streams, for a test that waits for each. */
export class EventStreams {
  #toRefuse = 0;
  readonly #ready: EventStream[] = [];
  readonly #awaited: ((stream: EventStream) => void)[] = [];

  /** Answers the next requests with 503. */
  refuse(count: number): void {
    this.#toRefuse = count;
  }

  /** The next stream that a page has opened. */
  next(): Promise<EventStream> {
    const stream = this.#ready.shift();
    if (stream !== undefined) return Promise.resolve(stream);
    return new Promise((resolve) => this.#awaited.push(resolve));
  }

  answer(_: IncomingMessage, response: ServerResponse): void {
    if (this.#toRefuse > 0) {
      this.#toRefuse -= 1;
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    const stream: EventStream = {
      send: (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      cut: () => response.destroy(),
      closed: new Promise((resolve) => response.on('close', resolve)),
    };
    // Closed before a test has waited for it: another will come.
    response.on('close', () => this.#forget(stream));
    const waiting = this.#awaited.shift();
    if (waiting === undefined) this.#ready.push(stream);
    else waiting(stream);
  }

  #forget(stream: EventStream): void {
    const at = this.#ready.indexOf(stream);
    if (at >= 0) this.#ready.splice(at, 1);
  }
}
