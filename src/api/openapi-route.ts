import { readFileSync } from 'node:fs';
import { type Answer, jsonAnswer } from './routing/answer.ts';
import type { Routes } from './routing/route-table.ts';

const FILE = new URL('openapi.yaml', import.meta.url);

/** Adds the route of the document that describes the read API. To read its YAML takes longer than any answer. */
export function addOpenApiRoute(routes: Routes): void {
  let answer: Answer | null = null;
  routes.get('/api/v1/openapi.json', async () => {
    const { parse } = await import('yaml');
    answer ??= jsonAnswer(parse(readFileSync(FILE, 'utf8')));
    return answer;
  });
}
