import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openTemporaryFolder } from '../test/temporary-folder.ts';
import { runSimulate } from './simulate-command.ts';

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20);
}

function runsIn(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('github_actions_runs_total{'));
}

test('without an address, simulate starts its own service whatever the environment says, and stops it', async () => {
  let strayed = 0;
  await using server = createServer(() => strayed++).listen(0, '127.0.0.1');
  await until(async () => server.listening);
  using folder = openTemporaryFolder();
  const [truth, stop, stderr] = [join(folder.path, 'truth.txt'), new AbortController(), new PassThrough()];
  let said = '';
  stderr.on('data', (part: Buffer) => {
    said += part;
  });
  const port = String((server.address() as AddressInfo).port);
  const settings = {
    ANT_WATCHER_WEBHOOK_SECRET: 'a-secret-of-a-real-service',
    ANT_WATCHER_WEBHOOK_PORT: port,
  };
  const env = { ...process.env, ...settings };
  const io = { stdout: new PassThrough(), stderr, env, signal: stop.signal };
  const ended = runSimulate(['--runs', '5', '--truth', truth], io);
  const early = ended.then((code) => assert.fail(`it has ended with ${code}: ${said}`));
  await Promise.race([early, until(async () => said.includes('Ctrl-C'))]);
  const [, api = ''] = /Metrics +(http:\S+)\/metrics/.exec(said) ?? [];
  const expected = runsIn(readFileSync(truth, 'utf8'));
  assert.ok(expected.length > 0);
  await until(async () => {
    const shown = runsIn(await (await fetch(`${api}/metrics`)).text());
    return expected.every((line) => shown.includes(line));
  });
  early.catch(() => undefined);
  stop.abort();
  assert.equal(await ended, 0);
  assert.equal(strayed, 0);
  await assert.rejects(fetch(`${api}/livez`));
});
