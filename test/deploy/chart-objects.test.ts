import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { longTest } from '../long-form.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { CHART, EXAMPLES, REFUSED } from './chart-values.ts';
import { faultsOfObject, type KubernetesObject } from './kubernetes-schemas.ts';
import { helm, render, renderText } from './rendered-chart.ts';

/*
 * What Helm itself makes of the chart.
 */

/** The parts of a pod that the tests look at. */
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly securityContext: object;
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
}

/** The operator of VictoriaMetrics publishes its schemas in no Go module. Its objects are compared instead. */
const WITHOUT_SCHEMA = /^operator\.victoriametrics\.com\//;

for (const [name, { file, values }] of EXAMPLES) {
  longTest(`the example ${name}: helm finds no fault, and Kubernetes knows every key of every object`, () => {
    const lint = helm('lint', '--strict', CHART, '-f', file);
    assert.equal(lint.code, 0, lint.stdout + lint.stderr);
    const objects = render(values);
    assert.ok(objects.length >= 5);
    const faults = objects
      .filter(({ apiVersion }) => !WITHOUT_SCHEMA.test(apiVersion))
      .flatMap(faultsOfObject);
    assert.deepEqual(faults, []);
  });

  longTest(
    `the example ${name}: check-config accepts its configuration, and each of its files is mounted`,
    async () => {
      const objects = render(values);
      const config = configOf(objects);
      using folder = openTemporaryFolder({ 'config.yaml': config });
      const check = ['check-config', '--without-secrets', '--config', join(folder.path, 'config.yaml')];
      using checking = startAntWatcher(check);
      const { code, stdout, stderr } = await checking.ended();
      assert.equal(code, 0, stdout + stderr);
      const { volumes, containers } = podOf(objects);
      const mounted = containers.flatMap(({ volumeMounts }) =>
        volumeMounts.filter(({ name }) => volumes.find((each) => each.name === name)?.secret !== undefined),
      );
      const named = config.match(/\/etc\/ant-watcher\/secrets\/[^/\s]+/g) ?? [];
      for (const path of named)
        assert.ok(
          mounted.some(({ mountPath }) => mountPath === path),
          path,
        );
    },
  );

  longTest(`the example ${name}: every pod is confined, and no object holds a secret`, () => {
    const objects = render(values);
    assert.deepEqual(
      objects.filter(({ kind }) => kind === 'Secret'),
      [],
    );
    for (const pod of podsOf(objects)) {
      assert.equal(pod.automountServiceAccountToken, false);
      // Otherwise a Service named ant-watcher becomes variables that are taken for settings.
      assert.equal(pod.enableServiceLinks, false);
      assert.equal(pod.securityContext['runAsNonRoot'], true);
      assert.deepEqual(pod.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
      for (const { securityContext, env = [] } of pod.containers) {
        assert.deepEqual(securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.deepEqual(
          env.filter((each) => /^ANT_WATCHER_/.test(each.name) && each.value !== undefined),
          [],
        );
      }
    }
  });
}

longTest('an unknown key, a wrong type and a missing field of an object are found', () => {
  const metadata = { name: 'x' };
  const container = { name: 'a', imge: 'b' };
  const wrong: readonly KubernetesObject[] = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: {}, template: { spec: { containers: [container] } } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: '80' }] } },
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { ingress: [] } },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata,
      spec: { selector: {}, podMetricsEndpoints: [{ relabelConfigs: [] }] },
    },
  ];
  assert.deepEqual(
    wrong.map((object) => faultsOfObject(object).length),
    [1, 1, 1, 1],
  );
});

longTest('helm refuses what the schema refuses, with the place of the fault', () => {
  for (const [what, { values, at }] of Object.entries(REFUSED)) {
    using folder = openTemporaryFolder({ 'values.json': JSON.stringify(values) });
    const { code, stderr } = helm('template', 'ants', CHART, '-f', join(folder.path, 'values.json'));
    assert.notEqual(code, 0, what);
    assert.ok(stderr.includes(`at '${at}`), `${what}: ${stderr}`);
  }
});

longTest(
  'an upgrade changes nothing that Kubernetes does not let change, and two renderings are equal',
  () => {
    using folder = openTemporaryFolder();
    const newer = join(folder.path, 'ant-watcher');
    cpSync(CHART, newer, { recursive: true });
    const chart = readFileSync(join(CHART, 'Chart.yaml'), 'utf8');
    writeFileSync(join(newer, 'Chart.yaml'), chart.replace(/^(version|appVersion): .*$/gm, '$1: "9.8.7"'));
    for (const { values } of EXAMPLES.values()) {
      assert.equal(renderText(values), renderText(values));
      const [before, after] = [render(values), render(values, newer)].map((objects) => {
        const { selector, serviceName, volumeClaimTemplates, podManagementPolicy } = workloadOf(objects)
          .spec as Record<string, unknown>;
        return { selector, serviceName, volumeClaimTemplates, podManagementPolicy };
      });
      assert.deepEqual(after, before);
      assert.ok(renderText(values, newer).includes('9.8.7'));
    }
  },
);

longTest('the chart can be packed, and be a part of another one with values of its own', () => {
  using folder = openTemporaryFolder({
    'parent/Chart.yaml': 'apiVersion: v2\nname: parent\nversion: 1.0.0\n',
    'parent/values.yaml': 'global: {region: eu}\nant-watcher: {enabled: true}\n',
  });
  const packed = helm('package', CHART, '--destination', join(folder.path, 'parent/charts'));
  assert.equal(packed.code, 0, packed.stderr);
  const objects = render(
    { 'ant-watcher': { serviceMonitor: { enabled: true } } },
    join(folder.path, 'parent'),
  );
  assert.deepEqual(objects.map(({ kind }) => kind).sort(), [
    'ConfigMap',
    'Pod',
    'Service',
    'Service',
    'ServiceAccount',
    'ServiceMonitor',
    'StatefulSet',
  ]);
});

longTest('rules and boards arrive as they are, with their templates, each under a name of its own', () => {
  using folder = openTemporaryFolder();
  const chart = join(folder.path, 'ant-watcher');
  cpSync(CHART, chart, { recursive: true });
  const rule = { alert: 'A', expr: 'up == 0', annotations: { summary: '{{ $labels.job }} is {{ $value }}' } };
  const rules = { groups: [{ name: 'g', rules: [rule] }] };
  const board = '{"title":"A \\"board\\"","legend":"{{le}}"}\n';
  const files = {
    'rules/ant-watcher-more.rules.yaml': stringify(rules),
    'dashboards/ant-watcher-more.json': board,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(chart, 'files', path)), { recursive: true });
    writeFileSync(join(chart, 'files', path), text);
  }
  const objects = render(EXAMPLES.get('prometheus-operator')?.values ?? {}, chart);
  const named = (name: string) =>
    objects.find(({ metadata }) => metadata.name === `ants-ant-watcher-${name}`);
  assert.deepEqual(named('more')?.spec, rules);
  assert.equal(named('more')?.metadata.labels?.['release'], 'kube-prometheus-stack');
  assert.deepEqual(named('board-more')?.data, { 'ant-watcher-more.json': board });
  assert.equal(named('board-more')?.metadata.labels?.['grafana_dashboard'], '1');
  assert.deepEqual(objects.flatMap(faultsOfObject), []);
});

longTest('the operator of VictoriaMetrics gets what that of Prometheus gets, under its own names', () => {
  for (const { values } of EXAMPLES.values()) {
    const all = { ...values, serviceMonitor: { enabled: true }, vmServiceScrape: { enabled: true } };
    const rules = { prometheusRule: { enabled: true }, vmRule: { enabled: true } };
    const objects = render({ ...all, ...rules });
    const specsOf = (kind: string) => objects.filter((each) => each.kind === kind).map(({ spec }) => spec);
    const renamed = JSON.stringify(specsOf('ServiceMonitor'))
      .replaceAll('"relabelings"', '"relabelConfigs"')
      .replaceAll('"metricRelabelings"', '"metricRelabelConfigs"');
    assert.equal(JSON.stringify(specsOf('VMServiceScrape')), renamed);
    assert.deepEqual(specsOf('VMRule'), specsOf('PrometheusRule'));
  }
});

function workloadOf(objects: readonly KubernetesObject[]): KubernetesObject {
  const found = objects.find(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
  assert.ok(found);
  return found;
}

function podOf(objects: readonly KubernetesObject[]): PodSpec {
  return (workloadOf(objects).spec as { template: { spec: PodSpec } }).template.spec;
}

/** Of the service, and of the test. */
function podsOf(objects: readonly KubernetesObject[]): PodSpec[] {
  return [podOf(objects), ...objects.filter(({ kind }) => kind === 'Pod').map(({ spec }) => spec as PodSpec)];
}

function configOf(objects: readonly KubernetesObject[]): string {
  const text = objects.flatMap(({ data }) => data?.['config.yaml'] ?? [])[0];
  assert.ok(text !== undefined && parse(text) !== null);
  return text;
}
