import { type Attributes, attributesJson, nanosOf, sentText, writeAttributes } from './attributes.ts';
import { MessageWriter } from './message-writer.ts';

/*
 * Traces as OTLP sends them, with the fields that are used:
 *   ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1 }
 *   ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; schema_url = 3 }
 *   Resource { repeated KeyValue attributes = 1 }
 *   ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; schema_url = 3 }
 *   InstrumentationScope { name = 1; version = 2 }
 *   Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; name = 5; kind = 6;
 *     fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
 *     repeated Link links = 13; Status status = 15 }
 *   Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4 }
 *   Status { message = 2; code = 3 }
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */

export const SPAN_KIND = { internal: 1, server: 2, client: 3 } as const;
export const STATUS_CODE = { unset: 0, ok: 1, error: 2 } as const;

export interface Link {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16; null: the trace as a whole. */
  readonly spanId: string | null;
  readonly attributes: Attributes;
}

export interface Span {
  /** 32 hexadecimal digits in lower case, not all 0; `spanId` and `parentSpanId` have 16. */
  readonly traceId: string;
  readonly spanId: string;
  /** Null: it is the root. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: (typeof SPAN_KIND)[keyof typeof SPAN_KIND];
  /** Since 1970; a fraction is kept down to nanoseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** Null: unset. */
  readonly status: {
    readonly code: (typeof STATUS_CODE)[keyof typeof STATUS_CODE];
    readonly message: string;
  } | null;
  readonly links: readonly Link[];
}

/** Who made spans. */
export interface Scope {
  readonly name: string;
  readonly version: string;
}

export interface ResourceSpans {
  readonly resource: Attributes;
  /** Of the semantic conventions that the names are taken from. */
  readonly schemaUrl: string;
  readonly scope: Scope;
  readonly spans: readonly Span[];
}

export type OtlpEncoding = 'protobuf' | 'json';

/** The body of a request to `/v1/traces`. Texts are cut to 1,000 characters. */
export function encodeTraces(data: readonly ResourceSpans[], encoding: OtlpEncoding): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ resourceSpans: data.map(jsonResourceSpans) }));
  const writer = new MessageWriter();
  for (const each of data) writer.message(1, () => writeResourceSpans(writer, each));
  return writer.bytes;
}

function writeResourceSpans(
  writer: MessageWriter,
  { resource, schemaUrl, scope, spans }: ResourceSpans,
): void {
  writer.message(1, () => writeAttributes(writer, 1, resource));
  writer.message(2, () => {
    writer.message(1, () => {
      writer.text(1, scope.name);
      writer.text(2, scope.version);
    });
    for (const span of spans) writer.message(2, () => writeSpan(writer, span));
    writer.text(3, schemaUrl);
  });
  writer.text(3, schemaUrl);
}

function writeSpan(writer: MessageWriter, span: Span): void {
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  if (span.parentSpanId !== null) writer.hex(4, span.parentSpanId);
  writer.text(5, sentText(span.name));
  writer.number(6, span.kind);
  writer.fixed(7, nanosOf(span.startMs));
  writer.fixed(8, nanosOf(span.endMs));
  writeAttributes(writer, 9, span.attributes);
  for (const link of span.links) writer.message(13, () => writeLink(writer, link));
  const { status } = span;
  if (status === null) return;
  writer.message(15, () => {
    if (status.message !== '') writer.text(2, sentText(status.message));
    writer.number(3, status.code);
  });
}

function writeLink(writer: MessageWriter, { traceId, spanId, attributes }: Link): void {
  writer.hex(1, traceId);
  if (spanId !== null) writer.hex(2, spanId);
  writeAttributes(writer, 4, attributes);
}

function jsonResourceSpans({ resource, schemaUrl, scope, spans }: ResourceSpans): object {
  return {
    resource: { attributes: attributesJson(resource) },
    scopeSpans: [{ scope, spans: spans.map(jsonSpan), schemaUrl }],
    schemaUrl,
  };
}

/** Ids are hexadecimal in OTLP's JSON, unlike protobuf's own, and 64-bit numbers are texts. */
function jsonSpan(span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, status, links } = span;
  return {
    ...{ traceId, spanId },
    ...(parentSpanId !== null && { parentSpanId }),
    ...{ name: sentText(name), kind },
    startTimeUnixNano: String(nanosOf(span.startMs)),
    endTimeUnixNano: String(nanosOf(span.endMs)),
    attributes: attributesJson(span.attributes),
    ...(links.length > 0 && { links: links.map(jsonLink) }),
    ...(status !== null && { status: jsonStatus(status) }),
  };
}

function jsonLink({ traceId, spanId, attributes }: Link): object {
  return { traceId, ...(spanId !== null && { spanId }), attributes: attributesJson(attributes) };
}

function jsonStatus({ code, message }: NonNullable<Span['status']>): object {
  return message === '' ? { code } : { code, message: sentText(message) };
}
