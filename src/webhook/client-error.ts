import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { sendOnSocket } from '../http/json-response.ts';
import { REJECTIONS, type Rejection } from './rejections.ts';

/** What is happening on a connection; `latest` is the last request that was parsed on it. */
type Phase = 'idle' | 'reading' | 'answering' | 'discarding';

function phaseOf(latest: ServerResponse | undefined): Phase {
  if (latest === undefined) return 'idle';
  const { complete } = latest.req;
  if (latest.writableEnded) return complete ? 'idle' : 'discarding';
  return complete ? 'answering' : 'reading';
}

/** What Node.js found wrong; null if the client has left. */
function rejectionOf(code: string | undefined): Rejection | null {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'HPE_INVALID_EOF_STATE':
      return null;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return REJECTIONS.timeout;
    case 'HPE_HEADER_OVERFLOW':
      return REJECTIONS.headers_too_large;
    default:
      return REJECTIONS.malformed_request;
  }
}

/**
 * Ends a connection on which Node.js found an error: invalid HTTP, a timeout, or a client that left. It gets
 * a response unless the client could take it for the response to another request.
 */
export function endFaultyConnection(
  socket: Socket,
  code: string | undefined,
  latest: ServerResponse | undefined,
  count: (reason: string, request: IncomingMessage | undefined) => void,
): void {
  if (socket.writableEnded && !socket.destroyed) return; // answered already, and lingers
  const phase = phaseOf(latest);
  const rejection = rejectionOf(code);
  const silent =
    socket.bytesRead === 0 || (rejection === null && phase !== 'reading' && latest !== undefined);
  if (!silent && phase !== 'discarding') {
    count(rejection?.reason ?? 'aborted', phase === 'reading' ? latest?.req : undefined);
  }
  const ourTurn = phase === 'idle' || (phase === 'reading' && latest?.headersSent === false);
  if (rejection === null || silent || !ourTurn || !socket.writable) socket.destroy();
  else sendOnSocket(socket, rejection.response);
}
