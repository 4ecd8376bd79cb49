import type { PriceOptions } from '../domain/price/bill.ts';
import type { Tracing } from '../domain/tracing.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { createTracing } from '../traces/tracing.ts';

/** How trace entries are made; null: no traces are sent. */
export function tracingOf({ endpoints, traces }: OtlpOptions, prices: PriceOptions): Tracing | null {
  return traces.isOn && endpoints.length > 0 ? createTracing({ ...traces, ...prices }) : null;
}
