import type { TruthSpan } from './truth-spans.ts';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly Value[] };
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Request {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes?: readonly Attribute[];
        readonly status?: { readonly code?: number };
      }[];
    }[];
  }[];
}

const ERROR = 2;

/** The spans of requests to `/v1/traces`, as OTLP's JSON has them, in the form of the truth. */
export function spansIn(requests: readonly unknown[]): TruthSpan[] {
  return (requests as readonly Request[]).flatMap(({ resourceSpans = [] }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((span) => ({
          trace: span.traceId,
          span: span.spanId,
          parent: span.parentSpanId ?? '',
          name: span.name,
          startMs: msOf(span.startTimeUnixNano),
          endMs: msOf(span.endTimeUnixNano),
          isError: span.status?.code === ERROR,
          attributes: valuesOf(span.attributes ?? []),
          resource: valuesOf(resource.attributes),
        })),
      ),
    ),
  );
}

/** GitHub has whole seconds, and now and then milliseconds. */
function msOf(nanos: string): number {
  const ms = BigInt(nanos) / 1_000_000n;
  if (ms * 1_000_000n !== BigInt(nanos)) throw new Error(`${nanos} is no whole millisecond`);
  return Number(ms);
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Value): unknown {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plainValue);
  return stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue ?? '') : Number(intValue));
}
