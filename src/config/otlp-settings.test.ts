import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadSettings } from './load-settings.ts';
import { endpointsOf } from './otlp-endpoints.ts';
import { printSettings } from './print-settings.ts';

type Env = Readonly<Record<string, string>>;

function load(env: Env, yaml = '') {
  using folder = openTemporaryFolder({ 'c.yaml': yaml });
  const flags = ['--config', 'c.yaml'];
  return loadSettings({ flags, env, cwd: folder.path, forServing: false });
}

function endpointsIn(env: Env, yaml = '') {
  const loaded = load(env, yaml);
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  return endpointsOf(loaded.settings.otlp);
}

/** All problems with `otlp.endpoint` and `otlp.headers`, each as one line. */
function problemsOf(endpoint: string, headers = '', more: Env = {}): string[] {
  const env = { ANT_WATCHER_OTLP_ENDPOINT: endpoint, ANT_WATCHER_OTLP_HEADERS: headers, ...more };
  const loaded = load(env);
  return 'problems' in loaded
    ? loaded.problems.map(({ setting, what, hint }) => `${setting} ${what}; ${hint}`)
    : [];
}

test('the only endpoint needs no name; of several each has one, in the environment and in a file', () => {
  const plain = { url: 'http://collector:4318', headers: [] };
  assert.deepEqual(endpointsIn({}), []);
  assert.deepEqual(endpointsIn({ ANT_WATCHER_OTLP_ENDPOINT: plain.url }), [{ ...plain, name: 'otlp' }]);
  const two = [
    { ...plain, name: 'otlp' },
    { name: 'tempo', url: 'https://tempo.example/otlp/v1/traces?a=b', headers: [] },
  ];
  const text = two.map(({ name, url }) => `${name}=${url}`).join(', ');
  assert.deepEqual(endpointsIn({ ANT_WATCHER_OTLP_ENDPOINT: text }), two);
  const map = two.map(({ name, url }) => `    ${name}: ${url}`).join('\n');
  assert.deepEqual(endpointsIn({}, `otlp:\n  endpoint:\n${map}`), two);
});

test('an endpoint that would be sent nothing is refused', () => {
  const spans = 'http://tempo:4318/v1/traces';
  const numbers = 'http://prometheus:9090/api/v1/otlp/v1/metrics';
  const minute = { ANT_WATCHER_OTLP_METRICS_INTERVAL: '1m' };
  const noTraces = { ANT_WATCHER_OTLP_TRACES: 'false' };
  assert.match(
    problemsOf(numbers).join(),
    /^otlp.endpoint has an endpoint for metrics alone, .*metrics_interval/,
  );
  assert.match(
    problemsOf(spans, '', noTraces).join(),
    /^otlp.endpoint has an endpoint for traces alone, .*otlp.traces/,
  );
  assert.match(problemsOf('http://c:4318/v1/logs').join(), /^otlp.endpoint has the path of logs/);
  assert.deepEqual(problemsOf(`a=${spans}, b=${numbers}`, '', minute), []);
  assert.deepEqual(problemsOf(numbers, '', { ...minute, ...noTraces }), []);
  assert.deepEqual(problemsOf(spans, '', { ...noTraces, ANT_WATCHER_OTLP_OWN_TRACES: '0.1' }), []);
});

test('an endpoint that cannot work is refused with what to write', () => {
  for (const [endpoint, hint] of [
    // open-telemetry/opentelemetry-js#4166, roadrunner-server/docs#14: HTTP to the port of gRPC.
    [
      'http://collector:4317',
      /^otlp.endpoint must be http.*only HTTP is spoken, and 4317 is the port of gRPC.*4318/,
    ],
    ['collector:4317', /4317 is the port of gRPC/],
    ['grpc://collector:4317', /4317 is the port of gRPC/],
    ['tempo=grpc://collector:9095', /only HTTP is spoken: write http:\/\/collector:4318/],
    ['collector:4318', /write http:\/\/collector:4318$/],
    ['tempo=collector:4318', /write tempo=http:\/\/collector:4318$/],
    ['a=http://a:4318, b:4318', /item 2 is "b:4318"; write http:\/\/b:4318$/],
    ['http://a:4318, http://b:4318', /give each a name, by which its spans wait/],
    ['a=http://a:4318, http://b:4318', /give each a name/],
    ['a=http://a:4318, a=http://b:4318', /a is the name of two: give each its own$/],
    ['http://u%:p@a:4318', /otlp.endpoint has user info with a % that begins no escape/],
    ['ftp://a', /for example http:\/\/collector:4318/],
  ] as const) {
    const [problem = '', ...more] = problemsOf(endpoint);
    assert.match(problem, hint, endpoint);
    assert.deepEqual(more, [], endpoint);
  }
  assert.deepEqual(problemsOf('http://collector:4317/v1/traces'), [], 'whoever writes it out means it');
});

test('two streams can not wait for one name', () => {
  assert.match(
    problemsOf('victoriametrics=http://a:4318', '', { ANT_WATCHER_PUSH_URL: 'http://vm:8428' })[0] ?? '',
    /^otlp.endpoint has the name victoriametrics, as a receiver of samples has; give it another one/,
  );
});

test('a header is for all endpoints, or for the one that it names', () => {
  const env = {
    ANT_WATCHER_OTLP_ENDPOINT: 'tempo=http://a:4318,honeycomb=http://b:4318',
    // supabase/storage#1374, open-telemetry/opentelemetry-ruby#857: what follows the second = was lost.
    ANT_WATCHER_OTLP_HEADERS: 'X-All: 1\ntempo/Authorization: Basic dXNlcjpwYXNz==\nhoneycomb/x-team: k=v, w',
  };
  assert.deepEqual(
    endpointsIn(env).map(({ headers }) => headers),
    [
      [
        ['X-All', '1'],
        ['Authorization', 'Basic dXNlcjpwYXNz=='],
      ],
      [
        ['X-All', '1'],
        ['x-team', 'k=v, w'],
      ],
    ],
  );
  const alone = { ANT_WATCHER_OTLP_ENDPOINT: 'http://a:4318', ANT_WATCHER_OTLP_HEADERS: 'otlp/A: b' };
  assert.deepEqual(endpointsIn(alone)[0]?.headers, [['A', 'b']]);
});

test('headers as other programs want them are refused, with what to write and without their values', () => {
  for (const [headers, hint] of [
    // open-telemetry/opentelemetry-python#2567: blanks that had to be encoded.
    ['Authorization=Basic dXNlcjpwYXNz', /write NAME: VALUE, each on a line of its own/],
    ['Authorization: Basic%20dXNlcjpwYXNz', /nothing is decoded here: write a space in place of %20/],
    ['Content-Type: application/json', /leave out Content-Type/],
    ['tempo/X-A: dXNlcjpwYXNz', /has a header for tempo, and no endpoint is called that; name an endpoint/],
  ] as const) {
    const [problem = '', ...more] = problemsOf('http://a:4318', headers);
    assert.match(problem, hint, headers);
    assert.doesNotMatch(problem, /dXNlcjpwYXNz/);
    assert.deepEqual(more, []);
  }
  assert.match(
    problemsOf('http://u:p@a:4318', 'Authorization: Bearer x')[0] ?? '',
    /^otlp.headers has a header Authorization for otlp, and so has the user in otlp.endpoint/,
  );
});

test('gRPC as a protocol, and a service name with an unknown part, get a hint', () => {
  const loaded = load({ ANT_WATCHER_OTLP_PROTOCOL: 'grpc', ANT_WATCHER_OTLP_SERVICE_NAME: 'ci-{repo}' });
  assert.ok('problems' in loaded);
  const hints = loaded.problems.map(({ hint }) => hint);
  assert.deepEqual(hints, ['only HTTP is spoken: port 4318 of a Collector', '{repo} stands for nothing']);
});

test('the password in the URL of an endpoint is printed nowhere', () => {
  const loaded = load({ ANT_WATCHER_OTLP_ENDPOINT: 'http://u:hidden-pass@a:4318' });
  assert.ok('settings' in loaded);
  assert.doesNotMatch(printSettings(loaded.origins), /hidden-pass/);
});

test('variables of other programs are named when they have no effect', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
    OTEL_SERVICE_NAME: 'x',
  };
  const unreadIn = (more: Env) => {
    const loaded = load({ ...env, ...more });
    assert.ok('settings' in loaded);
    return loaded.unread;
  };
  assert.deepEqual(unreadIn({}), ['OTEL_EXPORTER_OTLP_ENDPOINT']);
  assert.deepEqual(unreadIn({ ANT_WATCHER_OTLP_ENDPOINT: 'http://a:4318' }), []);
});
