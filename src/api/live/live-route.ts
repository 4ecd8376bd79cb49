import { finished } from 'node:stream';
import type { Logger, Meter } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import { errorResponse } from '../../http/json-response.ts';
import { SparingLog } from '../../logger/sparing-log.ts';
import { repeat } from '../../timing/repeat.ts';
import type { Access } from '../access.ts';
import { acceptsCoding } from '../content-negotiation.ts';
import { filtersOf } from '../read-api/filters.ts';
import { readValues } from '../read-api/parameters.ts';
import { SECURITY_HEADERS } from '../reply.ts';
import type { Answer } from '../routing/answer.ts';
import type { ApiRequest, Routes } from '../routing/route-table.ts';
import { readQuery } from '../routing/target.ts';
import { type CutReason, EventStream, streamHeaders } from './event-stream.ts';
import { LiveFeeds, MOST_FILTERS } from './live-feeds.ts';
import type { NowAnswers, NowAsked } from './now-answers.ts';

export interface LiveRouteOptions {
  readonly answers: NowAnswers;
  readonly access: Pick<Access, 'mayRead'>;
  readonly meter: Meter;
  readonly logger: Logger;
}

/** The streams that are open. */
export interface LiveStreams {
  /** Adds the route that shows what waits and runs as it changes. */
  addRoute(routes: Routes): void;
  readings(): GaugeReading[];
  /** Ends them all at once. */
  close(): Promise<void>;
}

export const LIVE_PATH = '/api/v1/live';
const MOST_STREAMS = 200;
/** As many jobs as a list shows; the others come by cursor. */
const LIMIT = 200;
const RETRY_MS = 1000;
const LOGGED_EVERY_MS = 60_000;
const FULL = errorResponse('overloaded', { message: `${MOST_STREAMS} streams are open. Close some.` });
const TOO_VARIED = errorResponse('overloaded', {
  message: `Streams of ${MOST_FILTERS} different filters are open. Use the filter of one of them, or none; or ask /api/v1/now every few seconds.`,
});

/** Looks for changes until `close`. */
export function openLiveStreams(options: LiveRouteOptions): LiveStreams {
  const { answers, meter } = options;
  const feeds = new LiveFeeds({ answers });
  const looks = lookRepeatedly(feeds, options);
  let open = 0;
  let isClosed = false;
  meter.add(zerosOf(SELF.liveStreamsCut, ['full', 'filters', 'slow', 'login']));
  const onCut = (reason: CutReason) => meter.add([countOf(SELF.liveStreamsCut, [reason])]);

  async function live(request: ApiRequest): Promise<Answer | null> {
    const asked = askedOf(request);
    if (open >= MOST_STREAMS || isClosed) {
      onCut('full');
      return FULL;
    }
    if (feeds.isFullFor(asked)) {
      onCut('filters');
      return TOO_VARIED;
    }
    const isCompressed = acceptsCoding(request.headers['accept-encoding'], 'gzip');
    const headers = streamHeaders(isCompressed);
    if (request.method === 'HEAD') return { status: 200, headers };
    const { response } = request;
    open += 1;
    const gone = new Promise<void>((resolve) => finished(response, () => resolve()));
    gone.then(() => {
      open -= 1;
    });
    const mayRead = () => options.access.mayRead(request, 'read');
    const leave = await feeds.join(asked, () => {
      response.writeHead(200, { ...SECURITY_HEADERS, ...headers });
      return new EventStream(response, { isCompressed, mayRead, onCut });
    });
    gone.then(leave);
    return null;
  }

  return {
    addRoute: (routes) => routes.get(LIVE_PATH, live),
    readings: () => [readingOf(SELF.liveStreams, [], open)],
    async close() {
      isClosed = true;
      feeds.close();
      await looks.close();
      feeds.close();
    },
  };
}

/** Throws `BadQuery`. */
function askedOf({ search }: ApiRequest): NowAsked {
  const values = readValues('live', readQuery(search));
  const { stale: isStale, status = null } = values;
  return { filters: filtersOf(values), isStale, status, limit: LIMIT, after: null };
}

/** An answer that fails is tried again; meanwhile no sign of life comes, and the page says so. */
function lookRepeatedly(feeds: LiveFeeds, { logger }: LiveRouteOptions) {
  const bugs = new SparingLog((fields) => logger.error('api_request_failed', fields), LOGGED_EVERY_MS);
  const looks = repeat(async () => {
    try {
      return await feeds.look();
    } catch (err) {
      if (!(err instanceof AntError)) bugs.log({ err, route: LIVE_PATH });
      return RETRY_MS;
    }
  });
  return {
    async close() {
      await looks.close();
      bugs.close();
    },
  };
}
