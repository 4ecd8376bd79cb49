import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import { AntError } from '../src/domain/errors.ts';
import type { CommandIo } from './command-line.ts';
import { recordLine } from './recording.ts';
import { runReplay } from './replay-command.ts';
import { signatures } from './signed-request.ts';
import { runSimulate } from './simulate-command.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const SECRET = 'a secret';
const received: Received[] = [];
let status = 202;
let url = '';
let folder = '';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(status).end();
  });
});

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-test-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  received.length = 0;
  status = 202;
});

function collector() {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      parts.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => parts.join('') };
}

async function run(
  command: typeof runSimulate,
  args: string[],
  env: Record<string, string> = {},
  more: Partial<CommandIo> = {},
) {
  const [stdout, stderr] = [collector(), collector()];
  const io = { stdout: stdout.stream, stderr: stderr.stream, env, ...more };
  return { code: await command(args, io), stdout: stdout.text(), stderr: stderr.text() };
}

function isSigned({ headers, body }: Received): boolean {
  return headers['x-hub-signature-256'] === signatures(body, SECRET)['X-Hub-Signature-256'];
}

test('simulate sends every delivery once, signed, and prints the true numbers', async () => {
  const args = ['--runs', '15', '--url', url, '--truth', '-', '--truth-samples', '-'];
  const { code, stdout, stderr } = await run(runSimulate, args, { ANT_WATCHER_WEBHOOK_SECRET: SECRET });
  assert.equal(code, 0);
  assert.ok(received.length > 50);
  assert.equal(new Set(received.map((each) => each.headers['x-github-delivery'])).size, received.length);
  assert.ok(received.every(isSigned));
  assert.match(stderr, new RegExp(`202: ${received.length}\\n`));
  assert.match(stdout, /^github_actions_runs_total\{/m);
  assert.match(stdout, /^github_actions_event_run_duration_seconds\{.*\} \d+ \d{13}$/m);
});

test('simulate reads the secret from a file and sends forms', async () => {
  const file = join(folder, 'secret');
  writeFileSync(file, `\n${SECRET}\nolder secret\n`);
  const { code } = await run(runSimulate, ['--runs', '3', '--url', url, '--form'], {
    ANT_WATCHER_WEBHOOK_SECRET_FILE: file,
  });
  assert.equal(code, 0);
  assert.ok(received.every(isSigned));
  assert.ok(received.every(({ headers }) => headers['content-type'] === 'application/x-www-form-urlencoded'));
  assert.ok(
    received.every(({ body }) => JSON.parse(new URLSearchParams(body).get('payload') ?? '').repository),
  );
});

test('the same seed and end give the same recording, and replay sends it byte for byte', async () => {
  const files = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')] as const;
  const world = '--runs 10 --end 2026-11-20T12:00:00Z --duplicates 0.2 --reorder 0.2 --no-send';
  const args = world.split(' ');
  for (const file of files) await run(runSimulate, [...args, '--record', file]);
  const recording = readFileSync(files[0], 'utf8');
  assert.equal(recording, readFileSync(files[1], 'utf8'));
  const { code } = await run(runReplay, ['--secret', SECRET, '--url', url, '--concurrency', '1', files[0]]);
  assert.equal(code, 0);
  assert.deepEqual(
    received.map(({ headers, body }) => [headers['x-github-delivery'], headers['x-github-event'], body]),
    recording
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { headers: Record<string, string>; body: string })
      .map(({ headers, body }) => [headers['X-GitHub-Delivery'], headers['X-GitHub-Event'], body]),
  );
  assert.ok(received.every(isSigned));
});

test('replay keeps odd bytes and recorded headers in both file formats, and drops connection headers', async () => {
  const body = '{ "title" : "grün \\u00e4  🐜" ,\n "n": 1.0 }\n';
  const headers = {
    'x-github-event': 'ping',
    'X-Hub-Signature-256': 'sha256=old',
    Host: 'elsewhere',
    'Content-Length': '3',
  };
  const captured = join(folder, 'captured.json');
  writeFileSync(
    captured,
    JSON.stringify([
      { headers, body },
      { headers, body: { a: 1 } },
    ]),
  );
  const lines = join(folder, 'captured.jsonl');
  writeFileSync(lines, recordLine({ headers: { ...headers, 'Content-Type': 'text/plain' }, body: '' }));
  await run(runReplay, ['--secret', SECRET, '--url', url, '--concurrency', '1', captured, lines]);
  assert.deepEqual(
    received.map((each) => each.body),
    [body, '{"a":1}', ''],
  );
  assert.ok(received.every(isSigned));
  assert.equal(received[0]?.headers['x-github-event'], 'ping');
  assert.notEqual(received[0]?.headers.host, 'elsewhere');
  assert.equal(received[2]?.headers['content-type'], 'text/plain');
  received.length = 0;
  await run(runReplay, ['--keep-signature', '--url', url, captured]);
  assert.equal(received[0]?.headers['x-hub-signature-256'], 'sha256=old');
});

test('a refused delivery exits with code 1, with a hint when the secret is wrong', async () => {
  status = 401;
  const { code, stderr } = await run(runSimulate, ['--runs', '2', '--url', url, '--secret', 'wrong']);
  assert.equal(code, 1);
  assert.match(stderr, /401: \d+\n/);
  assert.match(stderr, /a different webhook secret/);
});

test('a live world is sent on schedule, within its duration', { timeout: 20_000 }, async () => {
  const live = ['--speed', '2000', '--duration', '400ms', '--runs-per-hour', '120'];
  const late = ['--reorder', '0.5', '--reorder-window', '1h'];
  const args = [...live, ...late, '--url', url, '--secret', SECRET];
  const startMs = Date.now();
  const { code, stdout } = await run(runSimulate, [...args, '--truth', '-']);
  const tookMs = Date.now() - startMs;
  assert.equal(code, 0);
  assert.ok(tookMs >= 400 && tookMs < 10_000, `${tookMs} ms`);
  assert.ok(received.length > 50, `${received.length} deliveries`);
  assert.match(stdout, /^github_actions_active_jobs\{/m);
});

test('after an interrupt, later events are not sent', async () => {
  const args = ['--speed', '1', '--runs-per-hour', '1', '--url', url, '--secret', SECRET];
  const { code } = await run(runSimulate, args, {}, { signal: AbortSignal.timeout(100) });
  assert.equal(code, 0);
  assert.equal(received.length, 0);
});

test('an endless world ends when it is interrupted, and so does its truth', async () => {
  const args = ['--speed', '20000', '--url', url, '--secret', SECRET, '--truth', '-', '--duplicates', '0.1'];
  const { code, stdout } = await run(runSimulate, args, {}, { signal: AbortSignal.timeout(300) });
  assert.equal(code, 0);
  const completed = received.filter(({ body }) => body.startsWith('{"action":"completed","workflow_run"'));
  const unique = new Set(completed.map(({ headers }) => headers['x-github-delivery']));
  // Held for an approval: completed as soon as requested.
  const held = received.filter(({ body }) =>
    /^\{"action":"requested".*?"conclusion":"action_required"/.test(body),
  );
  for (const { headers } of held) unique.add(headers['x-github-delivery']);
  const counts = [...stdout.matchAll(/^github_actions_runs_total\{.*\} (\d+)$/gm)].map((match) =>
    Number(match[1]),
  );
  assert.equal(
    counts.reduce((sum, each) => sum + each, 0),
    unique.size,
  );
});

const WRONG: readonly [typeof runSimulate, string[], RegExp][] = [
  [runSimulate, ['--runs', 'many'], /--runs must be a whole number/],
  [runSimulate, ['--loss', '2'], /--loss must be a number from 0 to 1/],
  [runSimulate, ['--span', '1h'], /--span must be at least 3h/],
  [runSimulate, ['--end', 'soon'], /--end must be a time/],
  [runSimulate, ['--duration', '5s'], /--duration cannot be used without --speed/],
  [runSimulate, ['--speed', '5', '--runs', '3'], /--runs cannot be used with --speed/],
  [runSimulate, ['--unknown'], /--unknown/],
  [runSimulate, ['stray'], /stray/],
  [runSimulate, ['--no-send'], /--no-send needs --record, --truth, --truth-samples or --serve-api/],
  [runSimulate, ['--no-send', '--truth-samples', '/does/not/exist'], /cannot be written/],
  [runSimulate, ['--url', 'http://127.0.0.1:1/'], /No webhook secret/],
  [runSimulate, ['--serve-api', '0'], /--serve-api needs --url/],
  [runSimulate, ['--secret', 's', '--url', 'http://ants.example.com/webhook'], /nothing was sent to ants/],
  [runReplay, ['--secret', 's', '--url', 'https://ants.example.com/', 'x.json'], /nothing was sent to ants/],
  [runSimulate, ['--secret', 's', '--url', 'ftp://x'], /--url must be/],
  [runReplay, ['--secret', 's'], /at least one file/],
  [runReplay, ['--secret', 's', '/does/not/exist'], /cannot be read/],
];

for (const [command, args, message] of WRONG) {
  test(`${command.name} ${args.join(' ')} is wrong usage, with a hint`, async () => {
    await assert.rejects(run(command, args), (err: unknown) => {
      assert.ok(err instanceof AntError);
      assert.equal(err.exitCode, 2);
      assert.match(err.message, message);
      return true;
    });
  });
}

test('a misspelled flag is answered with the nearest one', async () => {
  await assert.rejects(run(runSimulate, ['--rnus', '3']), { code: 'usage', hint: 'did you mean --runs?' });
  await assert.rejects(run(runReplay, ['--kubernetes']), { hint: /help replay/ });
});

test('an unreachable target is reported at once, not once per delivery', async () => {
  await assert.rejects(run(runSimulate, ['--runs', '500', '--secret', 's', '--url', 'http://127.0.0.1:1/']), {
    code: 'command_failed',
    message: /No answer from http:\/\/127\.0\.0\.1:1\//,
  });
});

test('help is printed on request', async () => {
  for (const command of [runSimulate, runReplay]) {
    const { code, stdout } = await run(command, ['--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: ant-watcher /);
  }
});
