import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import type { Engine, ScrapeQuery } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { errorResponse } from '../http/json-response.ts';
import { acceptsCoding, negotiateFormat } from './content-negotiation.ts';
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
}

const compress = promisify(gzip);
/** The fastest: a scrape is read once, over a short distance. */
const FASTEST = 1;

/** Each keeps a whole exposition in memory until its client has read it. */
const MAX_CONCURRENT_SCRAPES = 8;
const TOO_MANY = errorResponse('overloaded', { message: 'Too many scrapes at once.' });

export function addScrapeRoute(app: FastifyInstance, { isShared = false, ...options }: ScrapeOptions): void {
  const places = new Places(MAX_CONCURRENT_SCRAPES);
  app.get('/metrics', scrapeWith(isShared ? 'shared' : 'all', places, options));
  app.get('/metrics/replica', scrapeWith('process', places, options));
}

function scrapeWith(
  scope: ScrapeQuery['scope'],
  places: Places,
  { engine, readings, flushMeter }: ScrapeOptions,
): RouteHandlerMethod {
  return async (request, reply) => {
    if (places.isFull) return sendError(reply, TOO_MANY);
    places.take(reply.raw);

    await flushMeter();
    const { format, contentType } = negotiateFormat(request.headers.accept);
    const exposition = await engine.scrape({ format, scope }, scope === 'shared' ? [] : readings());
    reply.header('Vary', 'Accept, Accept-Encoding').type(contentType);
    if (!acceptsCoding(request.headers['accept-encoding'], 'gzip')) return reply.send(exposition);
    return reply.header('Content-Encoding', 'gzip').send(await compress(exposition, { level: FASTEST }));
  };
}
