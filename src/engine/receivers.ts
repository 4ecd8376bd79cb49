import type { SinkNames } from '../domain/outbox-contract.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import { openEndpoint } from '../otlp/open-endpoint.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { takesSignal } from '../otlp/signal-path.ts';
import { openReceivers, type Receivers } from '../push/push.ts';
import type { Named, Receiver } from '../push/receiver.ts';
import type { SinkOptions } from '../push/sinks.ts';
import { otlpTraceFormat } from '../traces/trace-format.ts';
import type { EngineValues } from './rules.ts';

/*
 * All that is sent to, by the settings.
 */

/** The part of the settings that decides which receivers there are. */
export type ReceiverValues = Pick<EngineValues, 'push' | 'otlp'>;

/** How long spans wait for others. */
const BATCH_AGE_MS = 1000;

/** The receivers by the names of their sinks; nothing is sent yet. Throws `config_invalid`. */
export function openAllReceivers({ push, otlp }: ReceiverValues): Receivers {
  return { samples: openReceivers(push), traces: openTraceReceivers(otlp) };
}

export async function closeAllReceivers({ samples, traces }: Receivers): Promise<void> {
  for (const { receiver } of [...samples, ...traces]) await receiver.close();
}

/** The names of all sinks. */
export function sinkNamesOf({ push, otlp }: ReceiverValues): SinkNames {
  return {
    samples: push.sinks.map(({ name }) => name),
    traces: tracedEndpoints(otlp).map(({ name }) => name),
  };
}

/** How much of each kind is sent at once, and the limits of what waits. */
export function sinkOptionsOf({ push, otlp }: ReceiverValues): { samples: SinkOptions; traces: SinkOptions } {
  const { maxSizeBytes, maxAgeMs, batchSpans: batchSize } = otlp.traces;
  const { closeGraceMs } = push;
  const traces = { maxSizeBytes, maxAgeMs, closeGraceMs, resendWindowMs: 0 };
  return { samples: push, traces: { ...traces, batchSize, batchAgeMs: BATCH_AGE_MS } };
}

function openTraceReceivers(otlp: OtlpOptions): Named<Receiver<TraceEntry>>[] {
  const format = otlpTraceFormat({ ...otlp, ...otlp.traces });
  return tracedEndpoints(otlp).map((endpoint) => ({
    sink: endpoint.name,
    receiver: openEndpoint(endpoint, 'traces', format, otlp),
  }));
}

function tracedEndpoints({ traces, endpoints }: OtlpOptions): OtlpOptions['endpoints'] {
  return traces.isOn ? endpoints.filter(({ url }) => takesSignal(url, 'traces')) : [];
}
