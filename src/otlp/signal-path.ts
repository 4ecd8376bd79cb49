import type { CompletePath } from '../outbound/endpoint-url.ts';

/** What OTLP carries, as the paths of its endpoints name it. */
export type Signal = 'traces' | 'metrics';

const SIGNAL_PATH = /\/v1\/(traces|metrics|logs)\/?$/;

/**
 * A base URL gets the path of the signal, as for `OTEL_EXPORTER_OTLP_ENDPOINT`
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp). One that has it already
 * gets no second one.
 */
export function signalPath(signal: Signal): CompletePath {
  return (path) => ({ path: `${path.replace(SIGNAL_PATH, '')}/v1/${signal}` });
}

/** Whether an endpoint with this URL is for this signal: one whose path is that of a signal is for that one alone. */
export function takesSignal(url: string, signal: Signal): boolean {
  const [, only] = SIGNAL_PATH.exec(URL.parse(url)?.pathname ?? '') ?? [];
  return only === undefined || only === signal;
}
