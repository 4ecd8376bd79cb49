import type { Socket } from 'node:net';
import { answerSocket, errorAnswer } from '../middleware/answer.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const TIMEOUT = errorAnswer(408, 'timeout', 'The request did not arrive in time.', SECURITY_HEADERS);
const HEADERS = errorAnswer(431, 'headers_too_large', 'The headers are too large.', SECURITY_HEADERS);
const NO_HTTP = errorAnswer(400, 'malformed_request', 'The request is not correct HTTP.', SECURITY_HEADERS);

/** Answers a connection on which no request could be parsed; one that is gone or never spoke is just closed. */
export function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) socket.destroy();
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') answerSocket(socket, TIMEOUT);
  else answerSocket(socket, code === 'HPE_HEADER_OVERFLOW' ? HEADERS : NO_HTTP);
}
