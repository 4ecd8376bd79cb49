import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECRET } from './bodies.ts';

/*
 * The floor for any webhook receiver on Node.js: node:http, the signature, the JSON. It keeps nothing.
 */

const ANSWER = '{"status":"accepted"}';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice('sha256='.length), 'hex');
    const expected = createHmac('sha256', SECRET).update(body).digest();
    const isAuthentic = given.length === expected.length && timingSafeEqual(given, expected);
    if (isAuthentic) JSON.parse(body.toString());
    response.writeHead(isAuthentic ? 202 : 401, {
      'Content-Type': 'application/json',
      'Content-Length': ANSWER.length,
    });
    response.end(ANSWER);
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
