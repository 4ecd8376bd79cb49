import { endpointsOf } from '../config/otlp-endpoints.ts';
import type { Settings } from '../config/settings.ts';
import { sinksOf } from '../config/sinks.ts';
import { webUrlOf } from '../github/client/api-url.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { networkOf } from '../outbound/network.ts';
import type { PushOptions } from '../push/push.ts';

/** What both kinds of receivers need beside the settings. */
interface Beside {
  readonly version: string;
  /** Of a store in memory; null for any other. */
  readonly storeBytes: number | null;
}

/** The part of a store in memory that may be samples that wait, and spans that wait. */
const SAMPLES_SHARE = 2;
const SPANS_SHARE = 4;

/** Throws `config_invalid` when certificates can't be read. */
export function pushOptions(
  { push, shutdown, proxies }: Settings,
  { version, storeBytes }: Beside,
): PushOptions {
  return {
    sinks: sinksOf(push).map(({ path, caFile, headers, ...sink }) => ({
      ...sink,
      headers: Object.fromEntries(headers),
      network: networkOf(proxies, `${path}.ca_file`, caFile),
    })),
    extraLabels: push.extraLabels,
    version,
    timeoutMs: push.timeoutMs,
    batchSize: push.batchSamples,
    batchAgeMs: push.batchAgeMs,
    resendWindowMs: push.resendWindowMs ?? 0,
    maxAgeMs: push.maxAgeMs,
    maxSizeBytes: Math.min(push.maxSizeBytes, partOf(storeBytes, SAMPLES_SHARE)),
    // Requests that stall may take half of the time before that.
    closeGraceMs: shutdown.graceMs / 3,
  };
}

/** Throws `config_invalid` when certificates can't be read. */
export function otlpOptions(
  { otlp, proxies, github }: Settings,
  { version, storeBytes }: Beside,
): OtlpOptions {
  const { ids, style, steps, runs, people, serviceName, maxAgeMs } = otlp;
  const network = networkOf(proxies, 'otlp.ca_file', otlp.caFile);
  return {
    endpoints: endpointsOf(otlp).map(({ name, url, headers }) => ({
      ...{ name, url, network },
      headers: Object.fromEntries(headers),
    })),
    encoding: otlp.protocol === 'http/json' ? 'json' : 'protobuf',
    compression: otlp.compression,
    timeoutMs: otlp.timeoutMs,
    version,
    webUrl: webUrlOf(github.apiUrl),
    traces: {
      ...{ isOn: otlp.traces, ids, style, steps, runs, people, serviceName, maxAgeMs },
      ...{ maxSteps: otlp.maxSteps, batchSpans: otlp.batchSpans },
      maxSizeBytes: Math.min(otlp.maxSizeBytes, partOf(storeBytes, SPANS_SHARE)),
    },
    metricsIntervalMs: otlp.metricsIntervalMs,
    ownTraces: otlp.ownTraces,
  };
}

function partOf(storeBytes: number | null, share: number): number {
  return storeBytes === null ? Number.POSITIVE_INFINITY : storeBytes / share;
}
