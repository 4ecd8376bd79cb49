import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';

const FILE = new URL('openapi.yaml', import.meta.url);

/** Adds the route of the document that describes the read API. */
export function addOpenApiRoute(app: FastifyInstance): void {
  app.get('/api/v1/openapi.json', (_, reply) => reply.send(parse(readFileSync(FILE, 'utf8'))));
}
