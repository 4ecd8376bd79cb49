import type { Server, Socket } from 'node:net';
import type { Logger, Meter } from '../domain/contracts.ts';
import { countOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';

/** Why a connection was closed: its client took nothing for a while, or not everything in a longer one. */
export type UnreadReason = 'stalled' | 'slow';

/** After so many looks in which nothing was taken. */
const STALLED_LOOKS = 10;
/** After so many looks in which not everything was taken that there was at the first. */
const SLOW_LOOKS = 40;
/** A flood of such clients must not become a flood of lines. */
const FLOOD_MS = 10_000;

interface Reader {
  /** What the system has taken of what was written, in bytes since the connection was made. */
  taken: number;
  looksSinceProgress: number;
  /** What had been written at the look since which `looksSinceOwed` counts. */
  owed: number;
  looksSinceOwed: number;
}

/**
 * Finds the connections whose clients do not read what is sent to them. A stream may last for ever while its
 * client keeps up. Looks are counted rather than time: whatever kept this process from looking was no fault
 * of the client.
 */
export class UnreadResponses {
  readonly #open = new Set<Socket>();
  readonly #behind = new WeakMap<Socket, Reader>();
  readonly #cutOff: (socket: Socket, reason: UnreadReason) => void;

  constructor(cutOff: (socket: Socket, reason: UnreadReason) => void) {
    this.#cutOff = cutOff;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  look(): void {
    for (const socket of this.#open) {
      const reason = this.#judge(socket);
      if (reason !== null) this.#cutOff(socket, reason);
    }
  }

  #judge(socket: Socket): UnreadReason | null {
    const { written, taken } = progressOf(socket);
    const reader = this.#behind.get(socket);
    if (taken >= written) this.#behind.delete(socket);
    else if (reader === undefined)
      this.#behind.set(socket, { taken, looksSinceProgress: 0, owed: written, looksSinceOwed: 0 });
    else {
      reader.looksSinceProgress = taken > reader.taken ? 0 : reader.looksSinceProgress + 1;
      reader.looksSinceOwed = taken >= reader.owed ? 0 : reader.looksSinceOwed + 1;
      if (taken >= reader.owed) reader.owed = written;
      reader.taken = taken;
      if (reader.looksSinceProgress >= STALLED_LOOKS) return 'stalled';
      if (reader.looksSinceOwed >= SLOW_LOOKS) return 'slow';
    }
    return null;
  }
}

interface Handle {
  readonly bytesWritten?: number;
  /** Written, but not yet taken by the system. Node.js's own time-outs are based on it. */
  readonly writeQueueSize?: number;
}

/**
 * A large write is one to Node.js, which has no public way to ask how far it has come: so its handle is
 * asked.
 */
function progressOf(socket: Socket): { readonly written: number; readonly taken: number } {
  const written = socket.bytesWritten;
  const { bytesWritten, writeQueueSize } = (socket as { readonly _handle?: Handle | null })._handle ?? {};
  return bytesWritten === undefined || writeQueueSize === undefined
    ? { written, taken: written - socket.writableLength }
    : { written, taken: bytesWritten - writeQueueSize };
}

export interface WriteTimeout {
  readonly listener: 'api' | 'webhook';
  /**
   * A client that reads nothing for this long is cut off, and so is one that has not read everything in four
   * times that.
   */
  readonly timeoutMs: number;
  readonly meter: Meter;
  readonly logger: Logger;
}

/** Closes connections of `server` whose clients do not read, until `close`. */
export function limitWriting(
  server: Server,
  { listener, timeoutMs, meter, logger }: WriteTimeout,
): Pick<Repetition, 'close'> {
  const log = new SparingLog((fields) => logger.warn('response_unread', fields), FLOOD_MS);
  meter.add(zerosOf(SELF.unreadResponses, [listener], ['stalled', 'slow']));
  const unread = new UnreadResponses((socket, reason) => {
    meter.add([countOf(SELF.unreadResponses, [listener, reason])]);
    const { written, taken } = progressOf(socket);
    log.log({ listener, reason, peer: socket.remoteAddress, unreadBytes: written - taken }, { key: reason });
    socket.destroy();
  });
  // Of a TLS server these are the sockets below its own, and what is behind shows there.
  server.on('connection', (socket) => unread.add(socket));
  const looking = repeatEvery(timeoutMs / STALLED_LOOKS, async () => unread.look());
  return {
    async close() {
      await looking.close();
      log.close();
    },
  };
}
