import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { CERTIFICATE, makeCertificateFiles } from '../fixtures/certificate.ts';
import { sumOf } from '../samples.ts';
import { type ServiceOptions, startService } from '../service.ts';
import { fuzz } from './fuzz.ts';
import { GOOD_REPOSITORY } from './good-deliveries.ts';

/*
 * ANT_WATCHER_TEST_CASES multiplies the number of requests: 250 makes it a million. ANT_WATCHER_TEST_SEED
 * chooses others.
 */

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
const SEED = process.env['ANT_WATCHER_TEST_SEED'] ?? 'ants';
const TOKEN = 'a-token-of-the-test';
const MAX_GROWTH_BYTES = 64 * 1024 ** 2;
const MAX_BYTES = 400 * 1024 ** 2;

test('whatever is sent, the process survives, answers as documented, accepts good deliveries once, and does not grow', (context) =>
  expectUnmoved(context, { requests: 4000 * CASES }));

test('the same holds over TLS', async (context) => {
  setDefaultCACertificates([CERTIFICATE]);
  const { certFile, keyFile } = makeCertificateFiles(context);
  await expectUnmoved(context, { requests: 2000 * CASES, tls: { certFile, keyFile } });
});

async function expectUnmoved(
  context: TestContext,
  { requests, ...tls }: { readonly requests: number } & Pick<ServiceOptions, 'tls'>,
): Promise<void> {
  await using service = await startService({
    ...tls,
    token: TOKEN,
    longestMs: CASES * 60_000 + 120_000,
    env: {
      ANT_WATCHER_WEBHOOK_TRUSTED_PROXIES: '127.0.0.0/8',
      // Everything comes from one address, and should get as far as it can.
      ANT_WATCHER_WEBHOOK_RATE_LIMIT: '1000000',
      ANT_WATCHER_WEBHOOK_RATE_LIMIT_PER_ADDRESS: '1000000',
    },
  });
  const { pid } = service;
  const report = await fuzz({ service, token: TOKEN, seed: SEED, requests });
  context.diagnostic(JSON.stringify(report));

  assert.equal(service.pid, pid);
  const samples = await service.settled();
  assert.ok(report.good > 0);
  assert.ok((report.answers['webhook 202'] ?? 0) > 0 && (report.answers['api 200'] ?? 0) > 0);
  assert.equal(sumOf(samples, 'github_actions_jobs_total', { repository: GOOD_REPOSITORY }), report.good);
  assert.equal(sumOf(samples, 'ant_watcher_rejections_total', { reason: 'internal_error' }), 0);
  assert.ok(report.endBytes - report.warmBytes < MAX_GROWTH_BYTES, 'memory grows');
  assert.ok(report.endBytes < MAX_BYTES, 'memory is large');
  const { code, log } = await service.stop();
  assert.equal(code, 0);
  const faults = log.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line));
  assert.deepEqual(faults, []);
}
