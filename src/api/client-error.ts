import type { Socket } from 'node:net';
import { answerOf, answerSocket } from '../http/answer.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const TIMEOUT = answerOf('timeout', { headers: SECURITY_HEADERS });
const HEADERS = answerOf('headers_too_large', { headers: SECURITY_HEADERS });
const NO_HTTP = answerOf('malformed_request', { headers: SECURITY_HEADERS });

/**
 * Answers a connection on which no request could be parsed; one that is gone or never spoke is just closed.
 */
export function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) socket.destroy();
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') answerSocket(socket, TIMEOUT);
  else answerSocket(socket, code === 'HPE_HEADER_OVERFLOW' ? HEADERS : NO_HTTP);
}
