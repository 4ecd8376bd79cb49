import type { Engine, ScrapeQuery } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { errorResponse, type JsonResponse } from '../http/json-response.ts';
import { acceptsCoding, negotiateFormat, TEXT } from './content-negotiation.ts';
import type { Answer } from './routing/answer.ts';
import type { ApiRequest, Handler, Routes } from './routing/route-table.ts';
import { SharedBodies } from './shared-bodies.ts';

export interface ScrapeOptions {
  readonly engine: Pick<Engine, 'scrape'>;
  /** Gauges of this thread and of the process. */
  readonly readings: () => GaugeReading[];
  /** Delivers what was counted on this thread, so that the scrape includes it. */
  readonly flushMeter: () => Promise<void>;
  /**
   * Whether other processes use the same store. Then `/metrics` is what all of them answer, and what is of this one
   * alone is only in `/metrics/replica`.
   */
  readonly isShared?: boolean;
  /** The sets of metrics under names of other exporters that are shown: `metrics.compat`. Read at each request. */
  readonly compatNames: () => readonly string[];
}

/** Expositions in memory: each may have many megabytes, and is there until its clients have read it. */
const MAX_EXPOSITIONS = 8;
const TOO_MANY = errorResponse('overloaded', { message: 'Too many scrapes have not been read.' });

type Scope = ScrapeQuery['scope'];

export function addScrapeRoute(routes: Routes, { isShared = false, ...options }: ScrapeOptions): void {
  const bodies = new SharedBodies(MAX_EXPOSITIONS);
  const scope = isShared ? 'shared' : 'all';
  routes.get('/metrics', scrapeWith(scope, bodies, options));
  routes.get('/metrics/replica', scrapeWith('process', bodies, options));
  routes.get('/metrics/compat/:name', compatWith(scope, bodies, options));
}

function scrapeWith(scope: Scope, bodies: SharedBodies, options: ScrapeOptions): Handler {
  return (request) => {
    const { format, contentType } = negotiateFormat(request.headers.accept);
    const headers = { Vary: 'Accept, Accept-Encoding', 'Content-Type': contentType };
    return answer(request, headers, { ...options, bodies, query: { format, scope } });
  };
}

/** Text 0.0.4, whatever is asked for: some of these names can't be written in OpenMetrics. */
function compatWith(scope: Scope, bodies: SharedBodies, options: ScrapeOptions): Handler {
  return (request) => {
    const { param: name } = request;
    if (!options.compatNames().includes(name)) return notCounted(name, options);
    const headers = { Vary: 'Accept-Encoding', 'Content-Type': TEXT.contentType };
    return answer(request, headers, { ...options, bodies, query: { format: 'text', scope, compat: name } });
  };
}

function notCounted(name: string, { compatNames }: ScrapeOptions): JsonResponse {
  const shown = compatNames().length === 0 ? 'none' : compatNames().join(', ');
  return errorResponse('not_found', {
    message: `No metrics are counted under the names of "${name.slice(0, 50)}": metrics.compat names ${shown}.`,
  });
}

async function answer(
  { headers: asked, response }: ApiRequest,
  headers: Readonly<Record<string, string>>,
  {
    bodies,
    query,
    engine,
    readings,
    flushMeter,
  }: ScrapeOptions & { readonly bodies: SharedBodies; readonly query: ScrapeQuery },
): Promise<Answer> {
  const isPacked = acceptsCoding(asked['accept-encoding'], 'gzip');
  const make = async () => {
    await flushMeter();
    return engine.scrape({ ...query, isPacked }, query.scope === 'shared' ? [] : readings());
  };
  const { format, scope, compat = '' } = query;
  const body = bodies.get(`${format} ${scope} ${compat} ${isPacked}`, make, response);
  if (body === null) return TOO_MANY;
  const coding = isPacked ? { 'Content-Encoding': 'gzip' } : {};
  return { status: 200, headers: { ...headers, ...coding }, body: await body };
}
