import type { CompletePath } from '../outbound/endpoint-url.ts';

/** What OTLP carries, as the paths of its endpoints name it. */
export type Signal = 'traces' | 'metrics';

const SIGNAL_PATH = /\/v1\/(traces|metrics|logs)$/;

/**
 * A base URL gets the path of the signal, as for `OTEL_EXPORTER_OTLP_ENDPOINT`
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp). One that names an
 * endpoint already gets no second one; that of another signal is taken for the one beside it.
 */
export function signalPath(signal: Signal): CompletePath {
  return (path) => ({ path: `${path.replace(SIGNAL_PATH, '')}/v1/${signal}` });
}
