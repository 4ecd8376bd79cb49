import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { Engine } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { errorResponse } from '../http/json-response.ts';
import { negotiateFormat } from './negotiate.ts';
import { sendError } from './reply.ts';

export interface ScrapeOptions {
  readonly engine: Pick<Engine, 'scrape'>;
  /** Gauges of this thread and of the process. */
  readonly readings: () => GaugeReading[];
  /** Hands over what was counted on this thread, so that the scrape sees it. */
  readonly flushMeter: () => Promise<void>;
}

const compress = promisify(gzip);
/** The fastest: a scrape is read once, over a short way. */
const LEVEL = 1;

/** Each holds a whole exposition in memory until its client has read it. */
const SCRAPES_AT_ONCE = 8;
const TOO_MANY = errorResponse('overloaded', { message: 'Too many scrapes at once.' });

export function addScrapeRoute(app: FastifyInstance, { engine, readings, flushMeter }: ScrapeOptions): void {
  let underWay = 0;

  app.get('/metrics', async (request, reply) => {
    if (underWay >= SCRAPES_AT_ONCE) return sendError(reply, TOO_MANY);
    underWay += 1;
    reply.raw.once('close', () => (underWay -= 1));

    await flushMeter();
    const { format, contentType } = negotiateFormat(request.headers.accept);
    const exposition = await engine.scrape(format, readings());
    reply.header('Vary', 'Accept, Accept-Encoding').type(contentType);
    if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(exposition);
    return reply.header('Content-Encoding', 'gzip').send(await compress(exposition, { level: LEVEL }));
  });
}

/** Whether an Accept-Encoding header lets the answer be gzip. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = new Map<string, boolean>();
  for (const each of String(header ?? '')
    .toLowerCase()
    .split(',')) {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim());
    codings.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)));
  }
  return codings.get('gzip') ?? codings.get('*') ?? false;
}
