import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Engine, ScrapeQuery } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { errorResponse, type JsonResponse } from '../http/json-response.ts';
import { acceptsCoding, negotiateFormat, TEXT } from './content-negotiation.ts';
import { Places } from './places.ts';
import { sendError } from './reply.ts';

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

const compress = promisify(gzip);
/** The fastest: a scrape is read once, over a short distance. */
const FASTEST = 1;

/** Each keeps a whole exposition in memory until its client has read it. */
const MAX_CONCURRENT_SCRAPES = 8;
const TOO_MANY = errorResponse('overloaded', { message: 'Too many scrapes at once.' });

type Scope = ScrapeQuery['scope'];

export function addScrapeRoute(app: FastifyInstance, { isShared = false, ...options }: ScrapeOptions): void {
  const places = new Places(MAX_CONCURRENT_SCRAPES);
  const scope = isShared ? 'shared' : 'all';
  app.get('/metrics', scrapeWith(scope, places, options));
  app.get('/metrics/replica', scrapeWith('process', places, options));
  app.get('/metrics/compat/:name', compatWith(scope, places, options));
}

function scrapeWith(scope: Scope, places: Places, options: ScrapeOptions): RouteHandlerMethod {
  return (request, reply) => {
    const { format, contentType } = negotiateFormat(request.headers.accept);
    return answer(request, reply.header('Vary', 'Accept, Accept-Encoding').type(contentType), {
      ...{ ...options, places },
      query: { format, scope },
    });
  };
}

/** Text 0.0.4, whatever is asked for: some of these names can't be written in OpenMetrics. */
function compatWith(scope: Scope, places: Places, options: ScrapeOptions): RouteHandlerMethod {
  return async (request, reply) => {
    const { name } = request.params as { name: string };
    if (!options.compatNames().includes(name)) return sendError(reply, notCounted(name, options));
    return answer(request, reply.header('Vary', 'Accept-Encoding').type(TEXT.contentType), {
      ...{ ...options, places },
      query: { format: 'text', scope, compat: name },
    });
  };
}

function notCounted(name: string, { compatNames }: ScrapeOptions): JsonResponse {
  const shown = compatNames().length === 0 ? 'none' : compatNames().join(', ');
  return errorResponse('not_found', {
    message: `No metrics are counted under the names of "${name.slice(0, 50)}": metrics.compat names ${shown}.`,
  });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    places,
    query,
    engine,
    readings,
    flushMeter,
  }: ScrapeOptions & { readonly places: Places; readonly query: ScrapeQuery },
): Promise<FastifyReply> {
  if (places.isFull) return sendError(reply, TOO_MANY);
  places.take(reply.raw);
  await flushMeter();
  const exposition = await engine.scrape(query, query.scope === 'shared' ? [] : readings());
  if (!acceptsCoding(request.headers['accept-encoding'], 'gzip')) return reply.send(exposition);
  return reply.header('Content-Encoding', 'gzip').send(await compress(exposition, { level: FASTEST }));
}
