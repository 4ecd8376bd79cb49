import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { ENVIRONMENT_PREFIX } from '../../src/config/setting.ts';
import { listSettings } from '../../src/config/settings.ts';
import { type Schema, SETTING_DEFINITIONS, settingsSchema } from './settings-schema.ts';

/*
 * The JSON Schema of the chart's values. Their names and types follow from values.yaml; what that can't say is in
 * `RULES`.
 */

const OBJECT: Schema = { type: 'object' };
const LIST_OF_OBJECTS: Schema = { type: 'array', items: OBJECT };
const LIST_OF_NAMES: Schema = { type: 'array', items: { type: 'string', minLength: 1 } };
const LIST_OF_TEXTS: Schema = { type: 'array', items: { type: 'string' } };
const NUMBER_OR_PERCENTAGE: Schema = { type: ['integer', 'string'], pattern: '^[0-9]+%$', minimum: 0 };
const SERVICE_TYPE: Schema = { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] };

/** Of `existingSecret`, or with the name of another Secret. */
const SECRET_KEY: Schema = { type: 'string', pattern: '^(([a-z0-9.-]+/)?[A-Za-z0-9._-]+)?$' };

/** By path. What is an object for Kubernetes is checked there. */
const RULES: Readonly<Record<string, Schema>> = {
  replicas: { type: 'integer', minimum: 0 },
  config: settingsSchema(),
  existingSecret: { type: 'string', minLength: 1 },
  secrets: secretsSchema(),
  scrapeToken: SECRET_KEY,
  extraSecrets: LIST_OF_NAMES,
  extraEnv: { type: 'array', items: { $ref: '#/definitions/variable' } },
  extraArgs: LIST_OF_TEXTS,
  extraVolumes: LIST_OF_OBJECTS,
  extraVolumeMounts: LIST_OF_OBJECTS,
  extraObjects: LIST_OF_OBJECTS,
  global: OBJECT,
  'image.digest': { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
  'image.pullPolicy': { enum: ['Always', 'IfNotPresent', 'Never'] },
  'image.pullSecrets': LIST_OF_OBJECTS,
  'persistence.accessModes': LIST_OF_NAMES,
  'service.ipFamilyPolicy': { enum: ['', 'SingleStack', 'PreferDualStack', 'RequireDualStack'] },
  'service.ipFamilies': { type: 'array', items: { enum: ['IPv4', 'IPv6'] }, maxItems: 2 },
  'service.webhook.type': SERVICE_TYPE,
  'service.api.type': SERVICE_TYPE,
  'httpRoute.parentRefs': LIST_OF_OBJECTS,
  'httpRoute.hostnames': LIST_OF_NAMES,
  'networkPolicy.webhookFrom': LIST_OF_OBJECTS,
  'networkPolicy.apiFrom': LIST_OF_OBJECTS,
  'networkPolicy.extraEgress': LIST_OF_OBJECTS,
  'networkPolicy.extraIngress': LIST_OF_OBJECTS,
  'podDisruptionBudget.maxUnavailable': NUMBER_OR_PERCENTAGE,
  'probes.startup': OBJECT,
  'probes.liveness': OBJECT,
  'probes.readiness': OBJECT,
  resources: OBJECT,
  podSecurityContext: OBJECT,
  securityContext: OBJECT,
  terminationGracePeriodSeconds: { type: ['integer', 'null'], minimum: 1 },
  tolerations: LIST_OF_OBJECTS,
  topologySpreadConstraints: LIST_OF_OBJECTS,
  'dashboards.labels': OBJECT,
  ...Object.fromEntries(
    ['serviceMonitor', 'podMonitor', 'vmServiceScrape'].flatMap((monitor) => [
      [`${monitor}.relabelings`, LIST_OF_OBJECTS],
      [`${monitor}.metricRelabelings`, LIST_OF_OBJECTS],
    ]),
  ),
};

/** Only PostgreSQL can be shared. */
const SHARED_STORE: Schema = {
  if: { properties: { replicas: { minimum: 2 } }, required: ['replicas'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    properties: {
      config: { properties: { storage: { properties: { url: { pattern: '^postgres(ql)?://' } } } } },
    },
  },
};

/** A subchart may be switched on by a value of its own. */
const OF_SUBCHARTS = { enabled: { type: 'boolean' } };

/** The schema for a values.yaml with this text, as text. */
export function valuesSchema(values: string): string {
  const { properties, ...rest } = schemaOf(parseDocument(values).contents, '') as { properties: object };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the Helm chart of ant-watcher',
    ...rest,
    ...SHARED_STORE,
    properties: { ...OF_SUBCHARTS, ...properties },
    definitions: { ...SETTING_DEFINITIONS, variable: variableSchema() },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** An empty map in values.yaml may have any keys, another one only those that it has. */
function schemaOf(node: Document['contents'], path: string): Schema {
  const rule = RULES[path];
  if (rule !== undefined) return rule;
  if (isMap(node)) {
    if (node.items.length === 0) return OBJECT;
    const properties = node.items.map(({ key, value }) => {
      const name = String(key);
      return [name, schemaOf(value as Document['contents'], path === '' ? name : `${path}.${name}`)];
    });
    return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
  }
  if (isSeq(node) || !isScalar(node)) throw new Error(`values-schema.ts needs a rule for ${path}.`);
  return { type: typeof node.value === 'number' ? 'integer' : typeof node.value };
}

/** By the names of settings, as `config`. */
function secretsSchema(): Schema {
  const names = listSettings().flatMap(({ name, secret, fields }) =>
    secret && fields === undefined ? [name] : [],
  );
  const groups = Map.groupBy(names, (name) => name.slice(0, name.indexOf('.')));
  const properties = Array.from(groups, ([group, members]) => [
    group,
    {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(members.map((name) => [name.slice(group.length + 1), SECRET_KEY])),
    },
  ]);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
}

/** A variable of a container, which is neither a setting nor a secret. */
function variableSchema(): Schema {
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, not: { pattern: `^${ENVIRONMENT_PREFIX}` } },
      value: { $ref: '#/definitions/text' },
    },
  };
}
