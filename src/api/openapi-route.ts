import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const FILE = new URL('openapi.yaml', import.meta.url);

/** Adds the route of the document that describes the read API. */
export function addOpenApiRoute(app: FastifyInstance): void {
  app.get('/api/v1/openapi.json', async (_, reply) => {
    const { parse } = await import('yaml');
    return reply.send(parse(readFileSync(FILE, 'utf8')));
  });
}
