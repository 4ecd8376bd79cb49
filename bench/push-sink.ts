import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A receiver of pushed samples that takes everything and keeps nothing, so that only sending is measured.
 */

const METRICS = `process_start_time_seconds ${Math.floor(Date.now() / 1000)}\n`;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.method === 'GET') response.end(METRICS);
    else response.writeHead(204).end();
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
