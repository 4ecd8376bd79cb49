import assert from 'node:assert/strict';
import { until } from '../push/receivers.ts';
import { parseExposition } from '../samples.ts';
import type { Service } from '../service.ts';
import { linesOfExpositions } from './metric-lines.ts';

/** Variables of a service that sends metrics, and no traces, to these endpoints (`otlp.endpoint`). */
export function sendingTo(
  endpoints: string,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ANT_WATCHER_OTLP_ENDPOINT: endpoints,
    ANT_WATCHER_OTLP_METRICS_INTERVAL: '1s',
    ANT_WATCHER_OTLP_TRACES: 'false',
    ANT_WATCHER_METRICS_COMPAT: 'otel',
    ...env,
  };
}

/** What the endpoint has becomes what `/metrics` says, to the last number. */
export async function expectShown(
  service: Service,
  found: () => string[] | Promise<string[]>,
): Promise<void> {
  let shown: string[] = [];
  let sent: string[] = [];
  await until('what was sent is not what is shown', async () => {
    shown = await linesShown(service);
    sent = await found();
    return sent.length > 0 && sent.join('\n') === shown.join('\n');
  }).catch(() => assert.deepEqual(sent, shown));
}

async function linesShown(service: Service): Promise<string[]> {
  const compat = await (await service.get('/metrics/compat/otel')).text();
  return linesOfExpositions(parseExposition(compat), await service.metrics());
}
