import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { startPeer } from '../peer-process.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { CHART, EXAMPLES, type Values } from './chart-values.ts';
import { helm, render } from './rendered-chart.ts';

/*
 * That the chart makes what its values ask for.
 */

// biome-ignore lint/suspicious/noExplicitAny: what is read of an object is compared as a whole
type Spec = any;

function specOf(values: Values, kind: string): Spec {
  return render(values).find((each) => each.kind === kind)?.spec;
}

function example(name: string): Values {
  const found = EXAMPLES.get(name);
  assert.ok(found);
  return found.values;
}

longTest(
  'on SQLite: one pod of a StatefulSet with a claim, and nothing that could block the draining of its node',
  () => {
    const kinds = render({}).map(({ kind }) => kind);
    assert.ok(!kinds.includes('PodDisruptionBudget') && !kinds.includes('Deployment'));
    const { replicas, volumeClaimTemplates: claims } = specOf({}, 'StatefulSet');
    assert.equal(replicas, 1);
    assert.deepEqual(claims[0].spec.resources, { requests: { storage: '5Gi' } });
    // With what a server adds, Argo CD finds no difference.
    assert.deepEqual([claims[0].apiVersion, claims[0].kind], ['v1', 'PersistentVolumeClaim']);
  },
);

longTest('on a claim that is there, in memory or without persistence nothing is claimed', () => {
  const { template, volumeClaimTemplates } = specOf(example('existing-claim'), 'StatefulSet');
  assert.equal(volumeClaimTemplates, undefined);
  assert.deepEqual(
    template.spec.volumes.find(({ name }: { name: string }) => name === 'data').persistentVolumeClaim,
    { claimName: 'ant-watcher-restored' },
  );
  assert.deepEqual(specOf(example('trial'), 'Deployment').strategy, { type: 'Recreate' });
  const without = specOf({ persistence: { enabled: false } }, 'StatefulSet');
  assert.equal(without.volumeClaimTemplates, undefined);
  assert.ok(
    without.template.spec.volumes.some(
      (each: object) => 'emptyDir' in each && 'name' in each && each.name === 'data',
    ),
  );
});

longTest(
  'on PostgreSQL: pods without a claim that are replaced one after the other, and drained one at a time',
  () => {
    const { replicas, strategy } = specOf(example('postgres'), 'Deployment');
    assert.deepEqual([replicas, strategy.rollingUpdate], [3, { maxUnavailable: 0, maxSurge: 1 }]);
    const budget = specOf(example('postgres'), 'PodDisruptionBudget');
    assert.deepEqual([budget.maxUnavailable, budget.unhealthyPodEvictionPolicy], [1, 'AlwaysAllow']);
  },
);

longTest('a pod is given more time to stop than the service takes', () => {
  const graceOf = (shutdown: object) =>
    specOf({ config: { shutdown } }, 'StatefulSet').template.spec.terminationGracePeriodSeconds;
  assert.equal(graceOf({}), 5 + 20 + 10);
  assert.equal(graceOf({ delay: '1m30s', grace: '500ms' }), 90 + 10);
});

longTest('only the webhook is led to from outside, and only at its path', () => {
  const { rules } = specOf(example('minimal'), 'Ingress');
  assert.deepEqual(
    rules.map(({ http }: Spec) => http.paths),
    [
      [
        {
          path: '/webhook',
          pathType: 'Exact',
          backend: { service: { name: 'ants-ant-watcher-webhook', port: { name: 'webhook' } } },
        },
      ],
    ],
  );
  const route = specOf(example('gateway'), 'HTTPRoute').rules;
  assert.deepEqual(route[0].matches, [{ path: { type: 'Exact', value: '/hooks/github' } }]);
  assert.equal(route[0].backendRefs[0].name, 'ants-ant-watcher-webhook');
});

longTest('several paths of the webhook are led to, whether they are one text or a list, and * is all', () => {
  const configured = (path: unknown) => ({ ...example('minimal'), config: { webhook: { path } } });
  const pathsOf = (path: unknown) =>
    specOf(configured(path), 'Ingress').rules[0].http.paths.map((each: Spec) => [each.pathType, each.path]);
  for (const path of ['/webhook, /gh_event,/github', ['/webhook', '/gh_event', '/github']])
    assert.deepEqual(pathsOf(path), [
      ['Exact', '/webhook'],
      ['Exact', '/gh_event'],
      ['Exact', '/github'],
    ]);
  assert.deepEqual(pathsOf('*'), [['Prefix', '/']]);
  const matchesOf = (path: string) =>
    specOf({ ...example('gateway'), config: { webhook: { path } } }, 'HTTPRoute').rules[0].matches;
  assert.deepEqual(matchesOf('/a, /b'), [
    { path: { type: 'Exact', value: '/a' } },
    { path: { type: 'Exact', value: '/b' } },
  ]);
  assert.deepEqual(matchesOf('*'), [{ path: { type: 'PathPrefix', value: '/' } }]);
});

longTest('without webhooks there is no port for them, and the probes use the other', () => {
  const objects = render(example('polling'));
  assert.ok(!objects.some(({ metadata }) => metadata.name.endsWith('-webhook')));
  const [{ ports, livenessProbe }] = specOf(example('polling'), 'StatefulSet').template.spec.containers;
  assert.deepEqual(ports, [{ name: 'api', containerPort: 9876 }]);
  assert.equal(livenessProbe.httpGet.port, 'api');
});

longTest('a network policy lets out to the ports of all addresses in the configuration', () => {
  const portsOf = (name: string, more: object = {}) =>
    specOf({ ...example(name), ...more }, 'NetworkPolicy').egress[1].ports.map(({ port }: Spec) => port);
  assert.deepEqual(portsOf('victoriametrics'), [443, 8480]);
  assert.deepEqual(portsOf('postgres', { networkPolicy: { enabled: true } }), [443, 5432]);
});

for (const program of ['prometheus', 'vmagent'] as const) {
  longTest(
    `all replicas are one target for /metrics, and one each for /metrics/replica: in a real ${program}`,
    async () => {
      const { endpoints } = specOf(example('postgres'), 'ServiceMonitor');
      const jobs = endpoints.map(({ path, relabelings = [] }: Spec) => ({
        job_name: path,
        metrics_path: path,
        static_configs: ['10.0.0.1:9876', '10.0.0.2:9876', '10.0.0.3:9876'].map((target, at) => ({
          targets: [target],
          labels: {
            namespace: 'ci',
            service: 'ants-ant-watcher-api',
            pod: `ants-${at}`,
            container: 'ant-watcher',
          },
        })),
        relabel_configs: relabelings.map(({ targetLabel, ...rest }: Spec) => ({
          ...rest,
          ...(targetLabel && { target_label: targetLabel }),
        })),
      }));
      const targets = await targetsOf(program, jobs);
      assert.deepEqual(
        targets.filter(({ job }) => job === '/metrics'),
        [
          {
            instance: 'ants-ant-watcher-api.ci.svc',
            job: '/metrics',
            namespace: 'ci',
            service: 'ants-ant-watcher-api',
            url: 'http://ants-ant-watcher-api.ci.svc:9876/metrics',
          },
        ],
      );
      assert.equal(targets.filter(({ job }) => job === '/metrics/replica').length, 3);
    },
  );
}

/** How each is told what to scrape, and where it answers. */
const SCRAPERS = {
  prometheus: (folder: string, address: string) => ({
    flags: [
      `--config.file=${folder}/scrape.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    readyUrl: `http://${address}/-/ready`,
  }),
  vmagent: (folder: string, address: string) => ({
    flags: [
      `-promscrape.config=${folder}/scrape.yml`,
      `-remoteWrite.tmpDataPath=${folder}/queue`,
      // Nobody is there, and nothing is sent.
      '-remoteWrite.url=http://127.0.0.1:1/',
      `-httpListenAddr=${address}`,
      '-promscrape.suppressDuplicateScrapeTargetErrors',
      '-loggerLevel=ERROR',
    ],
    readyUrl: `http://${address}/health`,
  }),
};

/** What a real program would scrape, once it has read all of it. Nothing is scraped. */
async function targetsOf(
  program: keyof typeof SCRAPERS,
  jobs: readonly object[],
): Promise<Record<string, string>[]> {
  const global = { scrape_interval: '1d', scrape_timeout: '1s' };
  using folder = openTemporaryFolder({ 'scrape.yml': JSON.stringify({ global, scrape_configs: jobs }) });
  const address = `127.0.0.1:${await freePort()}`;
  const { flags, readyUrl } = SCRAPERS[program](folder.path, address);
  await using _ = await startPeer(program, flags, readyUrl);
  for (;;) {
    const response = await fetch(`http://${address}/api/v1/targets?state=active`);
    const { data } = (await response.json()) as Spec;
    const pools = new Set(data.activeTargets.map(({ scrapePool }: Spec) => scrapePool));
    if (pools.size === jobs.length)
      return data.activeTargets.map(({ labels, scrapeUrl }: Spec) => ({ ...labels, url: scrapeUrl }));
    await pause(20);
  }
}

longTest('what is printed after the installation names the secrets, the hook and what is missing', () => {
  const notesOf = (...flags: string[]) =>
    helm('install', 'ants', CHART, '--dry-run=client', ...flags).stdout.split('NOTES:')[1] ?? '';
  const bare = notesOf();
  for (const part of [
    'ant-watcher/webhook-secret',
    'ant-watcher/api-tokens',
    '/webhook',
    'No login to GitHub',
  ])
    assert.ok(bare.includes(part), part);
  assert.ok(notesOf('--set', 'config.webhook.path={/a,/b,/c}').includes('or with the path /b, /c\n'));
  const app = notesOf('-f', EXAMPLES.get('github-app')?.file ?? '');
  assert.ok(app.includes('https://ants.example.com/webhook') && !app.includes('No login to GitHub'));
});
