import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerSocket } from '../http/answer.ts';
import { REFUSALS, type Refusal } from './refusals.ts';

/** What is happening on a connection; `latest` is the last request that was parsed on it. */
type Phase = 'idle' | 'reading' | 'answering' | 'discarding';

function phaseOf(latest: ServerResponse | undefined): Phase {
  if (latest === undefined) return 'idle';
  const { complete } = latest.req;
  if (latest.writableEnded) return complete ? 'idle' : 'discarding';
  return complete ? 'answering' : 'reading';
}

/** What Node.js found wrong; null: the client has left. */
function refusalOf(code: string | undefined): Refusal | null {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'HPE_INVALID_EOF_STATE':
      return null;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return REFUSALS.timeout;
    case 'HPE_HEADER_OVERFLOW':
      return REFUSALS.headers_too_large;
    default:
      return REFUSALS.malformed_request;
  }
}

/**
 * Ends a connection on which Node.js found a fault: no correct HTTP, too slow, or gone. It is answered where
 * the client can't take the answer for that of another request.
 */
export function endFaultyConnection(
  socket: Socket,
  code: string | undefined,
  latest: ServerResponse | undefined,
  count: (reason: string, request: IncomingMessage | undefined) => void,
): void {
  if (socket.writableEnded && !socket.destroyed) return; // answered already, and lingers
  const phase = phaseOf(latest);
  const refusal = refusalOf(code);
  const silent = socket.bytesRead === 0 || (refusal === null && phase !== 'reading' && latest !== undefined);
  if (!silent && phase !== 'discarding') {
    count(refusal?.reason ?? 'aborted', phase === 'reading' ? latest?.req : undefined);
  }
  const ourTurn = phase === 'idle' || (phase === 'reading' && latest?.headersSent === false);
  if (refusal === null || silent || !ourTurn || !socket.writable) socket.destroy();
  else answerSocket(socket, refusal.answer);
}
