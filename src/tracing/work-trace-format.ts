import { hostname } from 'node:os';
import type { WorkSpan } from '../domain/work-span.ts';
import type { Attributes } from '../otlp/attributes.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { otlpOutcomeOf } from '../otlp/outcome.ts';
import { requestHeaders, requestOf } from '../otlp/request.ts';
import { encodeTraces, SPAN_KIND, type Span, STATUS_CODE } from '../otlp/trace-data.ts';
import type { WireFormat } from '../outbound/wire-format.ts';
import { SCHEMA_URL } from '../traces/semconv.ts';

/** Of one request. */
const MAX_SPANS = 1000;

/** Spans of our own work as requests of OTLP over HTTP. */
export function workTraceFormat(
  options: Pick<OtlpOptions, 'encoding' | 'compression' | 'version'>,
): WireFormat<WorkSpan> {
  const { encoding, version } = options;
  const shared = { resource: resourceOf(version), schemaUrl: SCHEMA_URL };
  const scope = { name: 'ant-watcher', version };
  return {
    headers: requestHeaders(options),
    async encode(all) {
      const spans = all.slice(0, MAX_SPANS).map(spanOf);
      const payload = await requestOf(encodeTraces([{ ...shared, scope, spans }], encoding), options);
      return { count: spans.length, payload, problem: null };
    },
    outcomeOf: otlpOutcomeOf,
  };
}

/** Who did the work. */
function resourceOf(version: string): Attributes {
  return [
    ['service.name', 'ant-watcher'],
    ['service.version', version],
    ['service.instance.id', `${hostname()}:${process.pid}`],
    ['host.name', hostname()],
    ['process.pid', process.pid],
  ];
}

function spanOf({ kind, attributes, errorType, links, ...span }: WorkSpan): Span {
  const error: Attributes = errorType === null ? [] : [['error.type', errorType]];
  return {
    ...span,
    kind: SPAN_KIND[kind],
    attributes: [...Object.entries(attributes), ...error],
    status: errorType === null ? null : { code: STATUS_CODE.error, message: '' },
    links: links.map((link) => ({ ...link, attributes: [] })),
  };
}
