import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { IncrementSums } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { DIRECT } from '../outbound/network.ts';
import type { Sleep } from '../timing/sleep.ts';
import { HookAddresses } from './hook-addresses.ts';

const HOOKS = ['192.30.252.0/22', '2a0a:a440::/29'];
const GITHUB = '192.30.252.7';
const NOW = Date.parse('2026-11-25T10:00:00Z');

/**
 * A GitHub whose answers each test chooses, and addresses that are refreshed when the test says so.
 */
async function openFixture(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hook-addresses-'));
  const meta = { status: 200, body: JSON.stringify({ hooks: HOOKS }), headers: [] as object[] };
  const server = createServer((request, response) => {
    meta.headers.push({ url: request.url, authorization: request.headers.authorization });
    response.writeHead(meta.status).end(meta.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const open: HookAddresses[] = [];
  context.after(async () => {
    for (const each of open) await each[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'ant-watcher.db.github-hooks.json');
  const make = async (options: object = {}) => {
    const turns: { ms: number; go: () => void }[] = [];
    const { logger, lines } = recordingLogger();
    const sums = new IncrementSums();
    let asleep = Promise.withResolvers<void>();
    const sleep: Sleep = (ms, signal) =>
      new Promise<void>((resolve) => {
        turns.push({ ms, go: resolve });
        signal?.addEventListener('abort', () => resolve());
        asleep.resolve();
      });
    const addresses = new HookAddresses({
      apiUrl: `http://127.0.0.1:${port}/api/v3`,
      file,
      isWanted: () => true,
      version: '1',
      network: () => DIRECT,
      clock: () => NOW,
      logger,
      meter: { add: (increments) => sums.add(increments) },
      sleep,
      ...options,
    });
    open.push(addresses);
    const before = addresses.has(GITHUB);
    await asleep.promise;
    /** Lets it request once more; returns how long it waits then. */
    const refresh = async () => {
      asleep = Promise.withResolvers();
      turns.at(-1)?.go();
      await asleep.promise;
      return turns.at(-1)?.ms;
    };
    return { addresses, before, lines, turns, refresh, taken: () => sums.take() };
  };
  return { meta, make, file };
}

test('the ranges of GET /meta are requested at the start, without a credential, and every hour', async (context) => {
  const { meta, make } = await openFixture(context);
  const { addresses, before, turns, refresh } = await make();
  assert.equal(before, null);
  assert.deepEqual(meta.headers, [{ url: '/api/v3/meta', authorization: undefined }]);
  const asked = [GITHUB, '192.31.0.1', '2a0a:a440::5', '127.0.0.1'];
  assert.deepEqual(
    asked.map((each) => addresses.has(each)),
    [true, false, true, false],
  );
  assert.equal(turns[0]?.ms, 3_600_000);
  meta.body = JSON.stringify({ hooks: ['203.0.113.0/24'] });
  await refresh();
  assert.deepEqual([addresses.has(GITHUB), addresses.has('203.0.113.9')], [false, true]);
});

/** Answers that remove nothing: [what, status, body]. */
const FAULTY: readonly [string, number, string][] = [
  ['an error', 500, JSON.stringify({ hooks: ['0.0.0.0/8'] })],
  ['a limit', 403, '{"message":"API rate limit exceeded"}'],
  ['an empty body', 200, ''],
  ['no JSON', 200, '<!DOCTYPE html>'],
  ['no object', 200, '[]'],
  ['no list', 200, '{}'],
  ['an empty list', 200, '{"hooks":[]}'],
  ['a list of other things', 200, '{"hooks":[1,null]}'],
  ['a word among the ranges', 200, '{"hooks":["192.0.2.0/24","all"]}'],
  ['the whole internet', 200, '{"hooks":["0.0.0.0/0"]}'],
  ['all of IPv6', 200, '{"hooks":["192.0.2.0/24","::/0"]}'],
  ['too many ranges', 200, JSON.stringify({ hooks: Array(1001).fill('192.0.2.0/24') })],
  ['too long an answer', 200, JSON.stringify({ hooks: ['192.0.2.0/24'], pad: 'x'.repeat(9 * 1024 ** 2) })],
];

for (const [what, status, body] of FAULTY) {
  test(`${what} in place of the ranges removes none, now or after a restart`, async (context) => {
    const { meta, make, file } = await openFixture(context);
    const { addresses, lines, refresh, taken } = await make();
    const kept = readFileSync(file, 'utf8');
    Object.assign(meta, { status, body });
    await refresh();
    assert.deepEqual([addresses.has(GITHUB), addresses.has('192.0.2.1')], [true, false]);
    assert.equal(lines.at(-1)?.message, "GitHub's webhook addresses not refreshed; keeping the known ones");
    const counted = taken().map(({ labels, delta }) => `${labels} ${delta}`);
    assert.deepEqual(counted.sort(), ['failed 1', 'ok 1']);
    assert.equal(readFileSync(file, 'utf8'), kept);
    const again = await make();
    assert.deepEqual([again.before, again.addresses.has(GITHUB)], [true, true]);
  });
}

test('before the first answer nothing is known, an error says so, and the next request comes soon', async (context) => {
  const { meta, make } = await openFixture(context);
  meta.status = 502;
  const { addresses, lines, turns, refresh } = await make();
  assert.equal(addresses.has(GITHUB), null);
  assert.deepEqual(
    lines.map(({ level, message, reason }) => [level, message, reason]),
    [['error', "GitHub's webhook addresses unknown; refusing deliveries", 'status 502']],
  );
  assert.deepEqual(addresses.readings(), []);
  const waits = [turns[0]?.ms];
  for (let i = 0; i < 7; i++) waits.push(await refresh());
  assert.deepEqual(
    waits.map((ms) => (ms ?? 0) / 1000),
    [10, 20, 40, 80, 160, 320, 600, 600],
  );
  meta.status = 200;
  assert.equal(await refresh(), 3_600_000);
  assert.equal(addresses.has(GITHUB), true);
});

test('Enterprise Server, which lists no addresses, is named in the log', async (context) => {
  const { meta, make } = await openFixture(context);
  meta.body = JSON.stringify({ verifiable_password_authentication: true, installed_version: '3.18.0' });
  const { addresses, lines } = await make();
  assert.equal(addresses.has(GITHUB), null);
  assert.equal(lines[0]?.reason, 'Enterprise Server does not list the addresses of its webhooks');
  assert.match(String(lines[0]?.hint), /webhook\.allowed_ips, as Enterprise Server needs it/);
});

test('their number and age are measured, even when an earlier process fetched them', async (context) => {
  const { meta, make } = await openFixture(context);
  await make();
  meta.status = 500;
  const { addresses } = await make({ clock: () => NOW + 5 * 3_600_000 });
  assert.deepEqual(addresses.readings(), [
    { metric: SELF.hookRanges.name, labels: [], value: 2 },
    { metric: SELF.hookRangesTime.name, labels: [], value: NOW / 1000 },
  ]);
});

test('a saved file that is damaged, or from another GitHub, is ignored', async (context) => {
  const { meta, make, file } = await openFixture(context);
  await make();
  const whole = readFileSync(file, 'utf8');
  meta.status = 500;
  assert.equal((await make({ apiUrl: 'http://127.0.0.1:9/api/v3' })).before, null);
  for (const text of [
    '',
    whole.slice(0, -10),
    whole.replace('192.30.252.0/22', '0.0.0.0/0'),
    '{"hooks":["192.0.2.0/24"]}',
  ]) {
    writeFileSync(file, text);
    assert.equal((await make()).before, null, text);
  }
});

test('where nothing can be saved, the addresses are still known', async (context) => {
  const { make, file } = await openFixture(context);
  const unwritable = await make({ file: join(file, 'in a file that is no folder') });
  assert.equal(unwritable.addresses.has(GITHUB), true);
  assert.equal(unwritable.lines.at(-1)?.message, "GitHub's webhook addresses not saved");
  const nowhere = await make({ file: null });
  assert.equal(nowhere.addresses.has(GITHUB), true);
  assert.equal(existsSync(file), false);
});

test('GitHub is not asked unless the list is needed', async (context) => {
  const { meta, make } = await openFixture(context);
  let isWanted = false;
  const { addresses, turns, refresh } = await make({ isWanted: () => isWanted });
  assert.deepEqual([meta.headers.length, turns[0]?.ms], [0, 5000]);
  isWanted = true;
  await refresh();
  assert.equal(addresses.has(GITHUB), true);
});
