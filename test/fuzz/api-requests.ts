import type { Random } from '../../simulator/random.ts';
import { damage, damageJson, randomBytes } from './mutate.ts';
import { type Header, type RawRequest, rawRequest } from './raw-request.ts';

/*
 * Requests to the API listener. A new route is one more line of TARGETS.
 */

interface Target {
  readonly method: string;
  readonly path: string;
  /** Query parameters with valid values. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  /** A valid body. */
  readonly body?: unknown;
}

const TARGETS: readonly Target[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/livez' },
  { method: 'GET', path: '/readyz' },
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/metrics', query: { name: ['process_open_fds'] } },
  { method: 'GET', path: '/api/v1/parked' },
  { method: 'POST', path: '/api/v1/parked/replay', body: { ids: [1, 2, 3] } },
  {
    method: 'GET',
    path: '/api/v1/explain',
    query: { job: ['1', '-1', '9e99', 'x'], run: ['1', '30433642'] },
  },
  {
    method: 'GET',
    path: '/api/v1/jobs',
    query: {
      status: ['queued', 'completed', 'x'],
      runs_on: ['a,b', '%', '*'],
      from: ['-7d', '-99999999w', '1e9'],
      sort: ['-queue_seconds', 'x'],
      limit: ['1', '0', '9e9'],
      cursor: ['WyJ3YWl0aW5nIix0cnVlLG51bGwsMV0', 'x'],
    },
  },
  { method: 'GET', path: '/api/v1/push' },
  { method: 'POST', path: '/-/reload', body: {} },
  {
    method: 'POST',
    path: '/push',
    query: { repository: ['o/r', 'x', '../..'], workflow: ['CI', ''], run_id: ['1', '-1', 'x'] },
    body: { numbers: [{ name: 'tests_total', value: 7, labels: { suite: 'unit' } }] },
  },
  { method: 'GET', path: '/api/v1/backfill' },
  { method: 'POST', path: '/api/v1/backfill', body: { sinceMs: 0, repositories: ['a/b'], dryRun: true } },
  { method: 'POST', path: '/api/v1/backfill/stop', body: {} },
];

const ACCEPTS = [
  'text/plain',
  'application/openmetrics-text; version=1.0.0',
  '*/*',
  'text/html;q=0.1',
  ';;,',
  '',
];

/** A request that is correct, or wrong in one or several respects. */
export function apiRequest(random: Random, token: string): RawRequest {
  const { method, path, query = {}, body } = random.pick(TARGETS);
  const asked = Object.entries(query).flatMap(([name, values]) =>
    random.chance(0.7) ? [`${name}=${encodeURIComponent(random.pick(values))}`] : [],
  );
  const odd = random.chance(0.1) ? [random.pick(['%', '%00', '__proto__=1', 'a[]=b', 'x'.repeat(3000)])] : [];
  const search = [...asked, ...odd].join('&');
  const headers: Header[] = [
    ['Host', 'localhost'],
    ['Accept', random.pick(ACCEPTS)],
    ...(random.chance(0.8) ? ([['Authorization', authorization(random, token)]] as const) : []),
    ...(random.chance(0.9)
      ? ([['Content-Type', random.pick(['application/json', 'text/plain', 'x'])]] as const)
      : []),
    ...(random.chance(0.2)
      ? ([['Accept-Encoding', random.pick(['gzip', 'br, gzip;q=0', '*'])]] as const)
      : []),
  ];
  const spelled = random.chance(0.1) ? spoilPath(path, random) : path;
  return rawRequest(
    {
      method: random.chance(0.1) ? random.pick(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) : method,
      path: search === '' ? spelled : `${spelled}?${search}`,
      headers,
      body: bodyOf(body, random),
    },
    random,
  );
}

function authorization(random: Random, token: string): string {
  if (random.chance(0.7)) return `Bearer ${token}`;
  return random.pick([`Bearer ${random.hex(32)}`, 'Bearer', `Basic ${random.hex(10)}`, token, '']);
}

function spoilPath(path: string, random: Random): string {
  return random.pick([
    `${path}/`,
    `/${path}`,
    `${path}/../..`,
    path.toUpperCase(),
    '/%2e%2e/etc/passwd',
    '/%',
    '*',
  ]);
}

function bodyOf(body: unknown, random: Random): Buffer {
  if (body === undefined && random.chance(0.9)) return Buffer.alloc(0);
  const json = Buffer.from(JSON.stringify(damageJson(body ?? {}, random)) ?? '');
  if (random.chance(0.05)) return Buffer.alloc(random.int(0, 200_000), ' ');
  if (random.chance(0.05)) return randomBytes(random.int(0, 300), random);
  return random.chance(0.1) ? damage(json, random) : json;
}
