import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReplying } from '../../../test/fixtures/push-server.ts';
import { DIRECT } from '../../outbound/network.ts';
import type { PushProtocol } from '../../push/protocols.ts';
import { checkRestarts } from './check-restarts.ts';

function victoria(interval: string, flush = '5s'): string {
  return [
    'process_start_time_seconds 1795915713',
    'vm_app_version{version="v1.139.0", short_version="v1.139.0"} 1',
    `flag{name="dedup.minScrapeInterval", value="${interval}", is_set="true"} 1`,
    `flag{name="inmemoryDataFlushInterval", value="${flush}", is_set="false"} 1`,
  ].join('\n');
}

async function check(
  body: string,
  {
    status = 200,
    path = '/api/v1/write',
    protocol = 'remote_write' as PushProtocol,
    resendWindowMs = 60_000,
  },
): Promise<string> {
  await using server = await startReplying([{ status, body }]);
  const options = { protocol, headers: {}, network: DIRECT, timeoutMs: 5000, resendWindowMs };
  const url = new URL(`http://127.0.0.1:${server.port}${path}`);
  const { level, what, hint } = await checkRestarts('receiver here', { url, ...options });
  assert.equal(server.arrived[0]?.path, '/metrics');
  return `${level}: ${what}${hint === undefined ? '' : ` → ${hint}`}`;
}

test('a receiver whose losses can be repaired passes', async () => {
  const again = 'ok: what it may lose in a crash is sent again, once it has restarted';
  assert.equal(await check(victoria('1ms'), {}), again);
  assert.equal(await check('process_start_time_seconds 1.7e9', {}), again);
  const mimir = await check('', { status: 404, path: '/api/v1/push' });
  assert.equal(mimir, again.replace('has restarted', 'refuses connections and comes back'));
});

test('otherwise the hint says what to do, if anything can be done', async () => {
  const plain = await check(victoria('0s'), {});
  assert.match(plain, /^warning: .* would store the rest twice → .*-dedup.minScrapeInterval=1ms$/);
  const relay = 'process_start_time_seconds 1\nvm_app_version{version="vmagent"} 1';
  for (const unknown of [relay, '<html>']) assert.match(await check(unknown, {}), /^ok: .* does not show/);
});

test('an interval that loses events, and a crash that loses more than the window, are warnings', async () => {
  assert.match(await check(victoria('30s'), {}), /^warning: it keeps one event of each series per 30s/);
  assert.match(await check(victoria('1ms', '1m0s'), {}), /^warning: .*=1m0s before a crash → set push/);
  assert.match(await check(victoria('1ms', '59.5s'), {}), /^ok/);
});
