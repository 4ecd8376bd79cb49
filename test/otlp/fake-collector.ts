import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { listening } from '../fixtures/push-server.ts';
import { readOtlp } from './read-otlp.ts';

/** A span as it arrived, with what it was sent for. */
export interface ArrivedSpan {
  /** Its ids: no other span has them. */
  readonly key: string;
  /** All that it consists of, resource and scope included. */
  readonly text: string;
}

/** A receiver of OTLP over HTTP that reads with the official definitions, and keeps what it has taken. */
export interface FakeCollector extends AsyncDisposable {
  readonly url: string;
  /** Every span of every request that was taken, in order. */
  readonly spans: readonly ArrivedSpan[];
  /** The spans of each request that came, taken or not. */
  readonly requests: readonly number[];
  /** How many it left out of requests that it took. */
  leftOut(): number;
}

export interface FakeCollectorOptions {
  /** Larger requests are answered 413. */
  readonly mostSpans?: number;
  /** Left out of a request that is taken, and counted in the answer. */
  readonly leavesOut?: (span: ArrivedSpan) => boolean;
}

export async function startFakeCollector({
  mostSpans = Number.POSITIVE_INFINITY,
  leavesOut = () => false,
}: FakeCollectorOptions = {}): Promise<FakeCollector> {
  const spans: ArrivedSpan[] = [];
  const requests: number[] = [];
  let leftOut = 0;
  const server = await listening(
    createServer(async (request, response) => {
      const arrived = spansOf(await requestIn(request));
      requests.push(arrived.length);
      if (arrived.length > mostSpans) return void response.writeHead(413).end('too large');
      const taken = arrived.filter((span) => !leavesOut(span));
      spans.push(...taken);
      leftOut += arrived.length - taken.length;
      const body = JSON.stringify({
        partialSuccess: { rejectedSpans: String(arrived.length - taken.length), errorMessage: 'unwanted' },
      });
      const type = { 'Content-Type': 'application/json' };
      response.writeHead(200, type).end(taken.length === arrived.length ? '{}' : body);
    }),
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    requests,
    leftOut: () => leftOut,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The set of spans, each once, by what it consists of. */
export function setOf({ spans }: Pick<FakeCollector, 'spans'>): string[] {
  return [...new Set(spans.map(({ text }) => text))].sort();
}

/** No span came twice, and no two have the same ids. */
export function assertOnce({ spans }: FakeCollector): void {
  assert.equal(new Set(spans.map(({ key }) => key)).size, spans.length, 'a span came twice');
}

async function requestIn(request: IncomingMessage): Promise<unknown> {
  assert.equal(request.url, '/v1/traces');
  const body = Buffer.concat(await Array.fromAsync(request));
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return request.headers['content-type'] === 'application/json'
    ? JSON.parse(plain.toString())
    : readOtlp('traces', plain);
}

interface Tree {
  readonly resourceSpans?: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly {
      readonly scope: unknown;
      readonly spans: readonly { readonly traceId: string; readonly spanId: string }[];
    }[];
  }[];
}

function spansOf(tree: unknown): ArrivedSpan[] {
  return ((tree as Tree).resourceSpans ?? []).flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        key: `${span.traceId}/${span.spanId}`,
        text: JSON.stringify([resource, scope, span]),
      })),
    ),
  );
}
