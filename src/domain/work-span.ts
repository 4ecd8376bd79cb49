/*
 * Traces of our own work (`otlp.own_traces`): which piece of work took how long, and what it was a part of.
 */

/** A value of an attribute; names and values follow OpenTelemetry's conventions where there are any. */
export type WorkValue = string | number | boolean;

/** Names a piece of work in its trace. */
export interface WorkPlace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** A piece of work that is over. Times are milliseconds since 1970, with fractions, by the machine's clock. */
export interface WorkSpan extends WorkPlace {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly parentSpanId: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, WorkValue>>;
  /** The work of others that it did. */
  readonly links: readonly WorkPlace[];
  /** The kind of error that ended it; null: none did. */
  readonly errorType: string | null;
}
