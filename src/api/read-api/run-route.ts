import type { Routes } from '../routing/route-table.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute, type ReadApiOptions } from './read-route.ts';

/** Adds the route of one run with its jobs and their steps. */
export function addRunRoute(routes: Routes, { queries, clock, webUrl }: ReadApiOptions): void {
  addReadRoute(routes, clock, 'run', {
    async ask({ attempt = null }, _, request) {
      const runId = idOf(request.param);
      const answer = await queries.ask('run', { runId, attempt, webUrl: webUrl() });
      if ('run' in answer) return answer.run;
      throw new BadQuery(whatIsKnown(runId, answer.known), 'not_known');
    },
  });
}

function idOf(text: string): number {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (id < 1 || id > Number.MAX_SAFE_INTEGER)
    throw new BadQuery('id must be the number of a run, as in the address of its page at GitHub.');
  return id;
}

function whatIsKnown(runId: number, attempts: readonly number[]): string {
  if (attempts.length > 0) return `Run ${runId} has no such attempt here. Known: ${attempts.join(', ')}.`;
  return (
    `Run ${runId} is not known. If it is older than storage.retention, it is forgotten. If not, its webhooks did ` +
    'not arrive: `ant-watcher doctor` says why, `ant-watcher backfill` reads it from GitHub.'
  );
}
