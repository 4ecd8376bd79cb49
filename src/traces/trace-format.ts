import { spanCount, type TraceEntry } from '../domain/trace-entry.ts';
import type { TraceOptions } from '../otlp/otlp-options.ts';
import { otlpOutcomeOf } from '../otlp/outcome.ts';
import { emptyRequest, type RequestForm, requestHeaders, requestOf } from '../otlp/request.ts';
import { encodeTraces } from '../otlp/trace-data.ts';
import type { WireFormat } from '../outbound/wire-format.ts';
import { resourceSpansOf, type SpanOptions } from './spans.ts';

export interface TraceFormatOptions extends SpanOptions, RequestForm, Pick<TraceOptions, 'batchSpans'> {}

/** Of one request. Receivers take more by default (the Collector 20 MiB), and those in front of them less. */
const MAX_BYTES = 1024 * 1024;

/** Of a span without its name, as measured, and of what spans of one run share. */
const SPAN_BYTES = { protobuf: 450, json: 900 };
const RESOURCE_BYTES = 1000;
/** How often a name is in a span, with the length that its characters may have. */
const NAME_BYTES = 6;

/** Trace entries as requests of OTLP over HTTP. */
export function otlpTraceFormat(options: TraceFormatOptions): WireFormat<TraceEntry> {
  const { encoding, batchSpans } = options;
  return {
    headers: requestHeaders(options),
    async encode(entries) {
      const count = fitting(entries, batchSpans, SPAN_BYTES[encoding]);
      const spans = resourceSpansOf(entries.slice(0, count), options);
      return { count, payload: await requestOf(encodeTraces(spans, encoding), options), problem: null };
    },
    outcomeOf: otlpOutcomeOf,
    encodeEmpty: () => emptyRequest(options),
  };
}

/** Whole entries, one at least. */
function fitting(entries: readonly TraceEntry[], batchSpans: number, spanBytes: number): number {
  let [spans, bytes] = [0, 0];
  const beyond = entries.findIndex((entry) => {
    spans += spanCount(entry);
    bytes += bytesOf(entry, spanBytes);
    return spans > batchSpans || bytes > MAX_BYTES;
  });
  return beyond === -1 ? entries.length : Math.max(1, beyond);
}

/** About as many as it takes in a request, before it is compressed. */
function bytesOf(entry: TraceEntry, spanBytes: number): number {
  const steps = entry.kind === 'job' ? entry.steps : [];
  const names = steps.reduce((sum, { name }) => sum + name.length, 0);
  return RESOURCE_BYTES + spanCount(entry) * spanBytes + names * NAME_BYTES;
}
