import type { Socket } from 'node:net';
import { errorResponse, sendOnSocket } from '../http/json-response.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const TIMEOUT = errorResponse('timeout', { headers: SECURITY_HEADERS });
const HEADERS = errorResponse('headers_too_large', { headers: SECURITY_HEADERS });
const NO_HTTP = errorResponse('malformed_request', { headers: SECURITY_HEADERS });

/**
 * Answers a connection on which no request could be parsed; one that is gone or never spoke is just closed.
 */
export function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) socket.destroy();
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') sendOnSocket(socket, TIMEOUT);
  else sendOnSocket(socket, code === 'HPE_HEADER_OVERFLOW' ? HEADERS : NO_HTTP);
}
