import { readFileSync } from 'node:fs';
import { jsonAnswer } from './routing/answer.ts';
import type { Routes } from './routing/route-table.ts';

const FILE = new URL('openapi.yaml', import.meta.url);

/** Adds the route of the document that describes the read API. */
export function addOpenApiRoute(routes: Routes): void {
  routes.get('/api/v1/openapi.json', async () => {
    const { parse } = await import('yaml');
    return jsonAnswer(parse(readFileSync(FILE, 'utf8')));
  });
}
