import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { ARC } from './arc.ts';
import { CPANATO } from './cpanato.ts';
import type { OldExporter } from './old-exporter.ts';
import { PROMHIPPIE } from './promhippie.ts';
import { readValues } from './read-values.ts';

/** Names and values; a reference is shown as where it points. */
function read(
  exporter: OldExporter,
  yaml: string,
): { values: [string, string][]; unread: readonly string[] } {
  const { values, unread } = readValues(parse(yaml), { exporter, file: 'v.yaml' });
  return {
    values: values.map(({ name, value }) => [
      name,
      typeof value === 'string' ? value : `${value.at}${value.isOptional ? ', if any' : ''}`,
    ]),
    unread,
  };
}

test("ARC's values: its own part, with Secrets that exist, and not those of its other programs", () => {
  const { values } = read(
    ARC,
    `
githubEnterpriseServerURL: https://github.example.com
image: {actionsRunnerRepositoryAndTag: x}
env: {GITHUB_TOKEN: of-the-controller}
githubWebhookServer: {secret: {github_webhook_secret_token: of-another}}
actionsMetricsServer:
  enabled: true
  replicaCount: 1
  secret: {enabled: true, name: prod}
  env:
    - name: GITHUB_WEBHOOK_SECRET_TOKEN
      valueFrom: {secretKeyRef: {key: hook, name: other, optional: true}}
`,
  );
  assert.deepEqual(values, [
    ['githubEnterpriseServerURL', 'https://github.example.com'],
    ['GITHUB_WEBHOOK_SECRET_TOKEN', 'key hook of the Secret other'],
    ['GITHUB_WEBHOOK_SECRET_TOKEN', 'key github_webhook_secret_token of the Secret prod'],
    ['GITHUB_TOKEN', 'key github_token of the Secret prod, if any'],
    ['GITHUB_APP_ID', 'key github_app_id of the Secret prod, if any'],
    ['GITHUB_APP_PRIVATE_KEY', 'key github_app_private_key of the Secret prod, if any'],
  ]);
});

test("promhippie's values: a Secret with keys of its own, further variables, and what is not in the file", () => {
  const { values, unread } = read(
    PROMHIPPIE,
    `
config: {authType: app, existingSecret: gh, appIdKey: id}
webhook: {enabled: true, path: /hooks}
exporter: {repos: [octo/hill, octo/nest]}
envFromSecret: more
extraEnvVariables: {GITHUB_EXPORTER_BASE_URL: https://ghe.example.com}
extraEnvSecrets: {GITHUB_EXPORTER_TOKEN: {secret: gh, key: pat}}
`,
  );
  assert.deepEqual(values, [
    ['webhook.path', '/hooks'],
    ['exporter.repos', 'octo/hill,octo/nest'],
    ['GITHUB_EXPORTER_BASE_URL', 'https://ghe.example.com'],
    ['GITHUB_EXPORTER_TOKEN', 'key pat of the Secret gh'],
    ['GITHUB_EXPORTER_APP_ID', 'key id of the Secret gh'],
    ['GITHUB_EXPORTER_PRIVATE_KEY', 'key privateKey of the Secret gh'],
    ['GITHUB_EXPORTER_WEBHOOK_SECRET', 'key secret of the Secret of the release'],
  ]);
  assert.deepEqual(unread, ['v.yaml: what envFromSecret names is not here: give it with --env']);
});

test('Compose: flags and variables of its service only, and what Compose fills in is no value', () => {
  const { values, unread } = read(
    CPANATO,
    `
services:
  github-actions-exporter:
    command: ["--gh.github-webhook-token=$WEBHOOK_SECRET", --gh.github-org=octo]
    environment: ["GITHUB_API_TOKEN=\${TOKEN:-secret-word}", BILLING_POLL_SECONDS, "not a name"]
    ports: [9101:9101]
  prometheus:
    image: prom/prometheus
    command: [--config.file=/etc/prometheus/prometheus.yml]
`,
  );
  assert.deepEqual(values, [
    ['--gh.github-org', 'octo'],
    ['--gh.github-webhook-token', 'the variable WEBHOOK_SECRET'],
    ['GITHUB_API_TOKEN', 'the variable TOKEN'],
  ]);
  assert.deepEqual(unread, [
    'v.yaml: github-actions-exporter.environment: BILLING_POLL_SECONDS has no value here',
    'v.yaml: github-actions-exporter.environment: entry 3 has no name of a variable',
  ]);
});

test('a service is found by its image, too; where none has the name, all are read', () => {
  const service = (image: string, token: string) => ({
    image,
    environment: { GITHUB_WEBHOOK_SECRET_TOKEN: token },
  });
  const namesIn = (services: object) => read(ARC, stringify({ services })).values.map(([, value]) => value);
  const own = service('registry.example.com/actions-metrics-server:1', 'own');
  assert.deepEqual(namesIn({ a: service('web', 'other'), b: own }), ['own']);
  assert.deepEqual(namesIn({ a: service('web', 'other') }), ['other']);
});

test('a map, a list, and a manifest of variables are read alike', () => {
  const expected = [['GITHUB_ORG', 'octo']];
  for (const yaml of [
    'GITHUB_ORG: octo',
    '[{name: GITHUB_ORG, value: octo}]',
    '{kind: Deployment, spec: {containers: [{env: [{name: GITHUB_ORG, value: octo}]}]}}',
  ])
    assert.deepEqual(read(CPANATO, yaml), { values: expected, unread: [] });
});

test('an unknown key is found, and what is for Kubernetes is not', () => {
  const { values } = read(
    CPANATO,
    '{config: {orgs: octo}, deployment: {image: {tag: v1}}, ingress: {host: a}}',
  );
  assert.deepEqual(values, [['config.orgs', 'octo']]);
});
