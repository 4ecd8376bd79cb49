import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectSecure, setDefaultCACertificates } from 'node:tls';
import { CERTIFICATE, makeCertificateFiles } from './fixtures/certificate.ts';
import { until } from './push/receivers.ts';
import { sumOf } from './samples.ts';
import { type Service, type ServiceOptions, startService } from './service.ts';

/*
 * Clients that ask for what they never read. Each answer is larger than what the systems in between keep, so
 * that some of it stays in the process.
 */

const TOKEN = 'an-api-token-of-the-tests';
const UNREAD = 'ant_watcher_unread_responses_total';
/** Each is a line of more than two thousand characters. */
const SERIES = 5000;

async function startLarge(context: TestContext, options: ServiceOptions = {}): Promise<Service> {
  const service = await startService({
    token: TOKEN,
    ...options,
    env: {
      ANT_WATCHER_API_WRITE_TIMEOUT: '1s',
      ANT_WATCHER_JOBS_BODY_LIMIT: '25MiB',
      ANT_WATCHER_JOBS_MAX_NUMBERS: String(SERIES),
    },
  });
  context.after(() => service[Symbol.asyncDispose]());
  const padding = Array.from({ length: 9 }, (_, at) => `pad${at}="${'x'.repeat(200)}"`).join();
  const lines = Array.from({ length: SERIES }, (_, at) => `large{n="v${at}",${padding}} ${at}`);
  const { status } = await fetch(`${service.apiUrl}/push?repository=octo/hill&workflow=CI`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'text/plain' },
    body: lines.join('\n'),
  });
  assert.equal(status, 202);
  await service.settled();
  assert.ok((await service.exposition()).length > 8_000_000);
  return service;
}

/** Asks for everything there is, and reads nothing of it. */
function scrapeUnread(service: Service): Socket {
  const [host = '', port = ''] = service.apiAddress.split(':');
  const isSecure = service.apiUrl.startsWith('https');
  const socket = isSecure ? connectSecure(Number(port), host) : connect(Number(port), host);
  // Where nothing is read, the end shows only in writing.
  const asking = setInterval(() => socket.write('\r\n'), 100);
  socket.on('error', () => {}).on('close', () => clearInterval(asking));
  socket.pause();
  socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  return socket;
}

async function statusOfScrape(service: Service): Promise<number> {
  const response = await service.get('/metrics', { Accept: 'text/plain' });
  await response.text();
  return response.status;
}

for (const scheme of ['http', 'https']) {
  test(`ten clients that read nothing lose their places, and scrapes continue (${scheme})`, async (context) => {
    const { certFile, keyFile } = makeCertificateFiles(context);
    if (scheme === 'https') setDefaultCACertificates([CERTIFICATE]);
    const service = await startLarge(context, scheme === 'https' ? { tls: { certFile, keyFile } } : {});
    const unread = Array.from({ length: 10 }, () => scrapeUnread(service));
    // Two of them were refused, and read nothing of that either: it is small.
    const closed = () => unread.filter((socket) => socket.closed).length;
    await until('They keep their places.', () => closed() >= 8);
    await until('Scrapes are refused for ever.', async () => (await statusOfScrape(service)) === 200);
    for (const socket of unread) socket.destroy();
    const samples = await service.metrics();
    const labels = { listener: 'api', reason: 'stalled' };
    assert.ok(sumOf(samples, UNREAD, labels) >= 8);
    assert.equal(sumOf(samples, UNREAD, { listener: 'webhook' }), 0);
    const { code, log } = await service.stop();
    assert.equal(code, 0);
    const lines = log.split('\n').filter((line) => line.includes('"code":"response_unread"'));
    assert.match(
      lines[0] ?? '',
      /"listener":"api","reason":"stalled","peer":"127\.0\.0\.1","unreadBytes":\d{6}/,
    );
    assert.ok(lines.length <= 3, 'eight in a second are one line, and their number another');
  });
}
