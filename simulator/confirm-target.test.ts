import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { confirmTarget } from './confirm-target.ts';

/**
 * What is asked at a terminal where this is typed, and nothing else; without `typed` there is no
 * terminal.
 */
async function confirm(
  address: string,
  { typed, isSure = false }: { typed?: string; isSure?: boolean },
): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  stdin.end(typed);
  await confirmTarget('replay', { url: new URL(address), isSure }, { stdin, stdout, stderr, env: {} });
  return String(stderr.read() ?? '');
}

const REFUSED = { code: 'usage', message: /^replay: nothing was sent to / };

test('at a terminal, a named service gets nothing until the phrase is typed, or --yes is given', async () => {
  for (const address of ['http://127.0.0.1:8080/webhook', 'https://ants.example.com/']) {
    for (const typed of ['yes\n', '\n', '', 'count them not\n'])
      await assert.rejects(confirm(address, { typed }), REFUSED);
    const asked = await confirm(address, { typed: 'count them\n' });
    assert.ok(asked.startsWith(`${new URL(address).host} will count these deliveries permanently`), asked);
    assert.equal(await confirm(address, { typed: '', isSure: true }), '');
  }
});

test('without a terminal, only a service on this machine gets anything without --yes', async () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
    await confirm(`http://${host}:8080/`, {});
  for (const host of ['ants.example.com', '10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com']) {
    await assert.rejects(confirm(`http://${host}:8080/`, {}), REFUSED);
    await confirm(`http://${host}:8080/`, { isSure: true });
  }
});
