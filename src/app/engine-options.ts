import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { CompatName } from '../compat/names.ts';
import { asksReasons } from '../config/github-settings.ts';
import { sendsMetrics } from '../config/otlp-endpoints.ts';
import { repositoryLabelsOf } from '../config/repository-labels.ts';
import type { Settings } from '../config/settings.ts';
import { sinksOf } from '../config/sinks.ts';
import type { EngineThreadData } from '../engine-thread/messages.ts';
import { networkOf } from '../outbound/network.ts';
import { checkCertificates } from './certificates.ts';
import { otlpOptions, pushOptions } from './outgoing-options.ts';

/** The part of all memory that the states of the work in hand may take. */
const WORKING_SET_SHARE = 8;
const MAX_WORKING_SET_BYTES = 8 * 1024 ** 2;
/** The part that a store in memory may take. */
const STORE_SHARE = 3;

/**
 * Throws the `config_invalid` of settings that are right each for itself, and of which nothing can be
 * started.
 */
export async function checkSettings(settings: Settings, version: string): Promise<void> {
  await checkCertificates(settings);
  networkOf(settings.proxies, 'github.ca_file', settings.github.caFile);
  const { closeAllReceivers, openAllReceivers } = await import('../engine/receivers.ts');
  const beside = { version, storeBytes: null };
  const push = pushOptions(settings, beside);
  await closeAllReceivers(openAllReceivers({ push, otlp: otlpOptions(settings, beside) }));
}

/**
 * The settings as if they named no file with a certificate or a key, for a look at them where such files are
 * not.
 */
export function withoutFiles({ webhook, api, push, otlp, github, ...rest }: Settings): Settings {
  const plain = { tlsCertFile: '', tlsKeyFile: '' };
  return {
    ...rest,
    webhook: { ...webhook, ...plain },
    api: { ...api, ...plain },
    push: { ...push, caFile: '', sinks: push.sinks.map((sink) => ({ ...sink, caFile: '' })) },
    otlp: { ...otlp, caFile: '' },
    github: { ...github, caFile: '' },
  };
}

/**
 * What the settings, and the memory that there is, mean for the engine. Throws `config_invalid` when
 * certificates can't be read.
 */
export function engineOptions(
  settings: Settings,
  { version, limitBytes }: { readonly version: string; readonly limitBytes: number },
): EngineThreadData['engine'] {
  const { storage, collector, metrics, prices, memory, github } = settings;
  const storeBytes = storage.url === 'memory:' ? limitBytes / STORE_SHARE : null;
  return {
    storageUrl: storage.url,
    storagePassword: storage.password,
    self: { host: hostname(), version, configHash: configHashOf(settings) },
    retentionMs: storage.retentionMs,
    stepsRetentionMs: storage.stepsRetentionMs,
    batchSize: collector.batchSize,
    atOnce: collector.atOnce,
    maxAttempts: collector.maxAttempts,
    metrics: {
      ...metrics,
      repositoryLabels: repositoryLabelsOf(settings),
      compat: {
        sets: compatSetsOf(settings),
        branches: metrics.compatBranches,
        fullJobNames: metrics.compatFullJobNames,
      },
    },
    priceRules: prices.rules,
    asksReasons: asksReasons(github),
    push: pushOptions(settings, { version, storeBytes }),
    otlp: otlpOptions(settings, { version, storeBytes }),
    memory: {
      storeBytes,
      workingSetBytes: Math.min(limitBytes / WORKING_SET_SHARE, MAX_WORKING_SET_BYTES),
    },
    ttlMs: memory.ttlMs,
  };
}

/** What OTLP sends is counted, also where it is not shown. */
function compatSetsOf({ metrics: { compat }, otlp }: Settings): readonly CompatName[] {
  return sendsMetrics(otlp) && !compat.includes('otel') ? [...compat, 'otel'] : compat;
}

/** Of what decides which numbers there are; without secrets. */
function configHashOf({ storage, metrics, labelFile, prices, push, otlp }: Settings): string {
  const sinks = sinksOf(push).map(({ name, protocol }) => [name, protocol]);
  const { endpoints, headers, caFile, timeoutMs, ...traced } = otlp;
  const names = endpoints.map(({ name }) => name);
  const all = [storage.retentionMs, metrics, labelFile, prices, sinks, names, traced];
  const text = JSON.stringify(all, (_, value) =>
    value instanceof Map || value instanceof Set ? [...value] : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
