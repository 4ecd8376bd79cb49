import type { HttpFailure, HttpResponse } from './exchange.ts';

/**
 * What an answer adds to a span of the request, by OpenTelemetry's conventions:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client.
 */
export function answerAttributes(answer: HttpResponse | HttpFailure): Record<string, string | number> {
  if ('failure' in answer) return { 'error.type': answer.code ?? answer.failure };
  return { 'http.response.status_code': answer.status };
}
