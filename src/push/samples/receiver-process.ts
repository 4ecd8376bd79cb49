import type { ReceiverProcess } from '../../domain/sample.ts';
import type { HttpFailure, HttpResponse } from '../../outbound/exchange.ts';
import { PROTOCOLS, type PushProtocol } from '../protocols.ts';

/*
 * Which process a receiver is, by its own metrics. They stand beside the endpoint that samples are sent to;
 * in a cluster of VictoriaMetrics, at the root of the component.
 */

const OK = 200;
/** Of a proxy: nothing listens behind it. */
const BAD_GATEWAY = 502;
const COME_BACK = [408, 425, 429, 500];
const ENDPOINT = /(\/insert\/.*)?(\/api\/v1)?\/(import\/prometheus.*|write|push|receive|remote_write)$/;
const START = /^process_start_time_seconds (\S+)/m;
const VICTORIA_METRICS = /^vm_app_version\{/m;
/** VictoriaMetrics shows its flags, those that are not set too. Only what stores samples has this one. */
const INTERVAL = /^flag\{name="dedup\.minScrapeInterval", ?value="([^"]*)"/m;
const FLUSH = /^flag\{name="inmemoryDataFlushInterval", ?value="([^"]*)"/m;
/** `/api/v1/write` is VictoriaMetrics', too, which may store a sample twice. */
const ONLY_IDEMPOTENT = /\/(push|receive|remote_write)$/;

/** The process behind the complete URL of a receiver, from the answer at its `metricsUrlOf`. */
export function processOf(
  answer: HttpResponse | HttpFailure,
  { pathname }: URL,
  protocol: PushProtocol,
): ReceiverProcess {
  if ('failure' in answer) return { kind: answer.code === 'ECONNREFUSED' ? 'away' : 'silent' };
  if (answer.status === BAD_GATEWAY) return { kind: 'away' };
  if (answer.status > BAD_GATEWAY || COME_BACK.includes(answer.status)) return { kind: 'silent' };
  const text = answer.status === OK ? answer.body.toString() : '';
  const [, startedAt = null] = START.exec(text) ?? [];
  if (startedAt === null) {
    const isIdempotent = PROTOCOLS[protocol].isIdempotent && ONLY_IDEMPOTENT.test(pathname);
    return { kind: 'answers', startedAt, isDatabase: false, isIdempotent };
  }
  const { interval } = flagsOf(text);
  if (interval === null && VICTORIA_METRICS.test(text))
    return { kind: 'answers', startedAt, isDatabase: false, isIdempotent: false };
  const isIdempotent = interval === null ? PROTOCOLS[protocol].isIdempotent : Number.parseFloat(interval) > 0;
  return { kind: 'answers', startedAt, isDatabase: true, isIdempotent };
}

/**
 * `-dedup.minScrapeInterval` and `-inmemoryDataFlushInterval`, as `1ms`; null: these are not the metrics of a
 * VictoriaMetrics that has the flag.
 */
export function flagsOf(metrics: string): {
  readonly interval: string | null;
  readonly flush: string | null;
} {
  return { interval: INTERVAL.exec(metrics)?.[1] ?? null, flush: FLUSH.exec(metrics)?.[1] ?? null };
}

/** Where the metrics of a receiver are; its complete URL is given. */
export function metricsUrlOf(receiver: URL): URL {
  const url = new URL(receiver);
  url.pathname = `${receiver.pathname.replace(ENDPOINT, '')}/metrics`;
  return url;
}
