import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPush } from '../src/cli/doctor/check-push.ts';
import type { Sample } from '../src/domain/sample.ts';
import { DIRECT } from '../src/outbound/network.ts';
import { NO_PROXIES } from '../src/outbound/proxies.ts';
import type { PushProtocol } from '../src/push/protocols.ts';
import { openReceiver } from '../src/push/samples/open-receiver.ts';
import { sampleProblem } from '../src/push/samples/sample-problem.ts';
import { sleep } from '../src/timing/sleep.ts';
import { storedAs } from './fixtures/stored-as.ts';
import { startPrometheus } from './prometheus.ts';
import type { StoredSample } from './stored-sample.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

const NEWEST_MS = Date.UTC(2026, 9, 1, 12, 0, 0, 7);
const DAY_MS = 86_400_000;
const METRIC = 'github_actions_event_job_duration_seconds';
const ALL = `{__name__="${METRIC}"}`;

const AWKWARD = [
  'plain',
  '',
  'say "hi"',
  'C:\\temp\\new\\"',
  'two\nlines\r\n',
  ' spaces\tand tabs ',
  '🐜 ñ 日本語 \u0301',
  '{a="b",c="d"} 1 2',
  '# HELP x',
  ',}',
  'x'.repeat(200),
  '\u0001\u007f',
];

/** Everything that a value may contain, early and late, newest first and oldest second. */
const SAMPLES: readonly Sample[] = AWKWARD.flatMap((text, index) =>
  [0, 700 * DAY_MS + index, 3, 1000, 1].map((agoMs) => ({
    metric: METRIC,
    labels: [
      ['repository', 'acme/ants'] as const,
      ['job', text] as const,
      ['workflow', `W${index}`] as const,
    ],
    value: (index * 12_345 + (agoMs % 1000)) / 1000,
    atMs: NEWEST_MS - agoMs,
  })),
);

const EXTRA_LABELS = [
  ['job', 'ant-watcher'],
  ['site', 'a "b"\\c'],
] as const;

function open(url: string, protocol: PushProtocol) {
  const receiver = openReceiver({
    url,
    protocol,
    extraLabels: EXTRA_LABELS,
    headers: {},
    basicAuth: null,
    bearerToken: null,
    network: DIRECT,
    timeoutMs: 30_000,
    version: '0.0.0',
  });
  return Object.assign(receiver, { [Symbol.asyncDispose]: () => receiver.close() });
}

function expected(): StoredSample[] {
  return SAMPLES.map(({ metric, labels, value, atMs }) => {
    const own = Object.fromEntries(labels.filter(([, text]) => text !== ''));
    return { labels: { ...Object.fromEntries(EXTRA_LABELS), ...own, __name__: metric }, value, atMs };
  });
}

/** Without the order in which a database returns them. */
function sorted(samples: readonly StoredSample[]): string[] {
  return samples
    .map(({ labels, value, atMs }) => JSON.stringify([Object.entries(labels).sort(), value, atMs]))
    .sort();
}

/** Sends everything in parts, out of order, and the last part twice. */
async function sendAll(url: string, protocol: PushProtocol): Promise<void> {
  await using receiver = open(url, protocol);
  const parts = [SAMPLES.slice(0, 7), SAMPLES.slice(20), SAMPLES.slice(7, 20), SAMPLES.slice(7, 20)];
  for (const part of parts)
    assert.deepEqual((await receiver.send(part.map(storedAs))).outcome, { kind: 'sent' });
}

test('no sample in this test has a problem', () => {
  assert.deepEqual(
    SAMPLES.map(sampleProblem).filter((problem) => problem !== null),
    [],
  );
});

test('VictoriaMetrics has every sample exactly, by its own protocol and by remote write', async () => {
  for (const protocol of ['victoriametrics', 'remote_write'] as const) {
    await using victoria = await startVictoriaMetrics();
    await sendAll(victoria.url, protocol);
    assert.deepEqual(sorted(await victoria.samples(ALL)), sorted(expected()), protocol);
  }
});

test('Prometheus has every sample exactly', async () => {
  await using prometheus = await startPrometheus();
  await sendAll(prometheus.url, 'remote_write');
  assert.deepEqual(sorted(await prometheus.samples(ALL, NEWEST_MS)), sorted(expected()));
});

test('a snapshot of an exposition has its time, and its own labels take precedence over the extra ones', async () => {
  const exposition = Buffer.from(
    '# HELP ants_total Ants, with \\n and "quotes".\n# TYPE ants_total counter\nants_total 5\n' +
      'ants_total{job="build \\"x\\"\\n\\\\",site=""} 7\n# TYPE lag histogram\nlag_bucket{le="+Inf"} 3\n',
  );
  const name = (__name__: string) => ({ ...Object.fromEntries(EXTRA_LABELS), __name__ });
  const atMs = NEWEST_MS;
  const wanted = sorted([
    { labels: name('ants_total'), value: 5, atMs },
    { labels: { ...name('ants_total'), job: 'build "x"\n\\' }, value: 7, atMs },
    { labels: { ...name('lag_bucket'), le: '+Inf' }, value: 3, atMs },
  ]);
  const selector = '{__name__=~"ants_total|lag_bucket"}';
  await using victoria = await startVictoriaMetrics();
  await using prometheus = await startPrometheus();
  await using toVictoria = open(victoria.url, 'victoriametrics');
  await using toPrometheus = open(prometheus.url, 'remote_write');
  for (const receiver of [toVictoria, toPrometheus]) {
    assert.deepEqual(await receiver.snapshot(exposition, NEWEST_MS), { kind: 'sent' });
  }
  assert.deepEqual(sorted(await victoria.samples(selector)), wanted);
  assert.deepEqual(sorted(await prometheus.samples(selector, NEWEST_MS)), wanted);
});

test('a large batch of varied samples survives compression, at both receivers', async () => {
  const many = Array.from({ length: 5000 }, (_, index): Sample => {
    const hash = Math.imul(index + 1, 0x9e3779b1) >>> 0;
    return {
      metric: 'many',
      labels: [
        ['a', `${hash % 97}`],
        ['b', hash.toString(36).repeat(hash % 20)],
      ],
      value: hash / 1000,
      atMs: NEWEST_MS - (hash % 100_000) * 10,
    };
  });
  const wanted = new Set(many.map(({ value, atMs }) => `${value} ${atMs}`));
  const found = (stored: readonly StoredSample[]) =>
    new Set(stored.map(({ value, atMs }) => `${value} ${atMs}`));
  await using victoria = await startVictoriaMetrics();
  await using prometheus = await startPrometheus();
  for (const { url } of [victoria, prometheus]) {
    await using receiver = open(url, 'remote_write');
    assert.deepEqual((await receiver.send(many.map(storedAs))).outcome, { kind: 'sent' });
  }
  assert.deepEqual(found(await victoria.samples('many')), wanted);
  assert.deepEqual(found(await prometheus.samples('many', NEWEST_MS)), wanted);
});

test('refusals by the real receivers have the right outcome', async () => {
  await using victoria = await startVictoriaMetrics();
  await using prometheus = await startPrometheus();
  const [sample] = SAMPLES;
  assert.ok(sample !== undefined);
  const outcomeAt = async (url: string, protocol: PushProtocol, value: number) => {
    await using receiver = open(url, protocol);
    return (await receiver.send([storedAs({ ...sample, value })])).outcome.kind;
  };
  // VictoriaMetrics answers 400 for a path that it does not have.
  assert.equal(await outcomeAt(`${victoria.url}/insert/0/prometheus`, 'victoriametrics', 1), 'refused');
  assert.equal(await outcomeAt(`${prometheus.url}/no/such/place`, 'remote_write', 1), 'refused');
  // Another value at the same time in the same series.
  assert.equal(await outcomeAt(prometheus.url, 'remote_write', 1), 'sent');
  assert.equal(await outcomeAt(prometheus.url, 'remote_write', 2), 'rejected');
});

test('doctor writes a sample and reads it back, from VictoriaMetrics and from Prometheus', async () => {
  await using vm = await startVictoriaMetrics();
  await using prometheus = await startPrometheus();
  const shared = {
    extraLabels: EXTRA_LABELS,
    timeoutMs: 5000,
    version: '0.0.0',
    proxies: NO_PROXIES,
    resendWindowMs: 60_000,
  };
  const login = { basicAuth: null, bearerToken: null, headers: [], caFile: '', path: 'push' };
  const sinks = [
    { name: 'vm', url: vm.url, protocol: 'victoriametrics', ...login },
    { name: 'vm as remote', url: vm.url, protocol: 'remote_write', ...login },
    { name: 'prometheus', url: prometheus.url, protocol: 'remote_write', ...login },
  ] as const;
  const findings = await checkPush({ sinks, shared, nowMs: Date.now(), sleep });
  assert.deepEqual(
    findings.map(({ what }) => what),
    sinks.flatMap(() => [
      'took a sample and gave it back',
      'what it may lose in a crash is sent again, once it has restarted',
    ]),
  );
});
