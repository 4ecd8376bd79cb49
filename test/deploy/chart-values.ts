import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

export const ROOT = join(import.meta.dirname, '../..');
export const CHART = join(ROOT, 'deploy/helm/ant-watcher');

export type Values = Readonly<Record<string, unknown>>;

/** The values that the examples of the chart set, by their names, such as `postgres`. */
export const EXAMPLES: ReadonlyMap<string, { readonly file: string; readonly values: Values }> = new Map(
  globSync('deploy/helm/examples/*.yaml', { cwd: ROOT }).map((path) => {
    const file = join(ROOT, path);
    return [basename(path, '.yaml'), { file, values: parse(readFileSync(file, 'utf8')) }];
  }),
);

export function readChart(file: string): string {
  return readFileSync(join(CHART, file), 'utf8');
}

export const DEFAULTS: Values = parse(readChart('values.yaml'));

/** Values that nobody should be able to install, and where the schema must find the fault. */
export const REFUSED: Readonly<Record<string, { readonly values: Values; readonly at: string }>> = {
  'several replicas on SQLite': { values: { replicas: 2 }, at: '/config/storage/url' },
  'several replicas in memory': {
    values: { replicas: 2, config: { storage: { url: 'memory:' } } },
    at: '/config/storage/url',
  },
  'an unknown value': { values: { replicaCount: 1 }, at: '' },
  'an unknown value in a group': { values: { image: { name: 'x' } }, at: '/image' },
  'a number of replicas as text': { values: { replicas: '1' }, at: '/replicas' },
  'a digest that is none': { values: { image: { digest: 'sha256:abc' } }, at: '/image/digest' },
  'an unknown setting': { values: { config: { webhook: { prot: 8080 } } }, at: '/config/webhook' },
  'an unknown group of settings': { values: { config: { webhooks: { port: 8080 } } }, at: '/config' },
  'a value that is none of the setting': {
    values: { config: { log: { level: 'loud' } } },
    at: '/config/log/level',
  },
  'a duration without unit': {
    values: { config: { shutdown: { grace: '20' } } },
    at: '/config/shutdown/grace',
  },
  'a number that is too large': { values: { config: { api: { port: 65_536 } } }, at: '/config/api/port' },
  'a secret in the configuration': {
    values: { config: { webhook: { secret: 'x' } } },
    at: '/config/webhook',
  },
  'a token of a receiver': {
    values: { config: { sinks: [{ url: 'http://vm:8428', token: 'x' }] } },
    at: '/config/sinks/0',
  },
  'a receiver without a URL': { values: { config: { sinks: [{ name: 'x' }] } }, at: '/config/sinks/0' },
  'a password in a URL': {
    values: { config: { push: { url: 'http://ann:hidden@vm:8428' } } },
    at: '/config/push/url',
  },
  'a token in a URL': {
    values: { config: { push: { url: 'http://vm:8428?extra_token=hidden' } } },
    at: '/config/push/url',
  },
  'a token of GitHub anywhere': {
    values: { config: { push: { extra_labels: { team: 'ghp_0123456789abcdef' } } } },
    at: '/config/push/extra_labels',
  },
  'a setting or a secret of one in a variable': {
    values: { extraEnv: [{ name: 'ANT_WATCHER_GITHUB_TOKEN', value: 'x' }] },
    at: '/extraEnv/0/name',
  },
  'a proxy with its password in a variable': {
    values: { extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://ann:hidden@proxy:3128' }] },
    at: '/extraEnv/0/value',
  },
  'a secret in place of the name of its key': {
    values: { secrets: { github: { app_private_key: '-----BEGIN RSA PRIVATE KEY-----\nMII' } } },
    at: '/secrets/github/app_private_key',
  },
  'an unknown secret': { values: { secrets: { webhook: { token: 'x' } } }, at: '/secrets/webhook' },
};

/** Where Helm would find faults of values, which are put over those of the chart. */
export function faultsOf(values: Values): readonly string[] {
  return pathsOf(AJV.getSchema('values'), coalesce(DEFAULTS, values));
}

/** Where the schema finds faults of a configuration by itself. */
export function faultsOfConfig(config: Values): readonly string[] {
  return pathsOf(AJV.getSchema('values#/properties/config'), config);
}

const AJV = new Ajv({ allErrors: true, strict: false }).addSchema(
  JSON.parse(readChart('values.schema.json')),
  'values',
);

function pathsOf(validate: ValidateFunction | undefined, values: Values): readonly string[] {
  assert.ok(validate);
  return validate(values) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

/** Maps are merged, null removes, everything else replaces. */
export function coalesce(values: Values, over: Values): Values {
  const all = { ...values, ...over };
  const pairs = Object.entries(all).map(([key, value]) => {
    const before = values[key];
    return [key, isMap(value) && isMap(before) ? coalesce(before, value) : value];
  });
  return Object.fromEntries(pairs.filter(([key, value]) => value !== null || values[String(key)] === null));
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
