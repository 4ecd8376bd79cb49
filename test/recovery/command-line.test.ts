import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/*
 * The commands in the documents, as a user types them into terminals: as printed, except for the ports, real
 * names, and the number of runs.
 */

const ROOT = join(import.meta.dirname, '../..');
const PATIENCE_MS = 60_000;

/** What documents take for granted and a bare machine may not have. */
const PROGRAMS = {
  curl: `fetch(process.argv.at(-1)).then((answer) => answer.text()).then((text) => process.stdout.write(text))`,
  openssl: `const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
    fs.writeFileSync(process.argv.at(-2), privateKey.export({ type: 'pkcs8', format: 'pem' }))`,
};

test('try-recovery.md: a fifth of the webhooks is lost, and nothing is missing', async () => {
  using desk = await openDesk();
  const [serve = '', simulate = '', compare = ''] = commandsOf(
    'docs/try-recovery.md',
    'A fifth of the webhooks is lost',
  );
  await desk.type(serve, '"msg":"Ready"');
  await desk.type(simulate.replace('--runs 60', '--runs 20'), 'The API runs');
  assert.match(desk.said, /\b[1-9]\d+ lost\n/);
  await until('something is missing', () => desk.run(compare).includes('Nothing is missing.'), desk);
});

test('try-recovery.md: without webhooks', async () => {
  using desk = await openDesk();
  const [simulate = '', serve = ''] = commandsOf('docs/try-recovery.md', 'Without webhooks');
  await desk.type(simulate, 'The API runs');
  await desk.type(serve, '"msg":"Ready"');
  await until('something is missing', () => desk.hasAllJobs(), desk);
});

test('README: a repository without webhooks', async () => {
  using desk = await openDesk();
  const [simulate = ''] = commandsOf('docs/try-recovery.md', 'Without webhooks');
  const [serve = ''] = commandsOf('README.md', 'Try it on a real repository without webhooks');
  await desk.type(simulate, 'The API runs');
  const real = serve.replace('TOKEN=…', 'TOKEN=ghp_simulated').replace('owner/name', 'lumen-works/web-shop');
  assert.notEqual(real, serve);
  await desk.type(`export ANT_WATCHER_GITHUB_API_URL=http://127.0.0.1:8090\n${real}`, '"msg":"Ready"');
  await until('something is missing', () => desk.hasAllJobs(), desk);
});

/** The blocks of commands below a heading. */
function commandsOf(path: string, heading: string): string[] {
  const [, after = ''] = readFileSync(join(ROOT, path), 'utf8').split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [section = ''] = after.split(/^#+ /m);
  return Array.from(section.matchAll(/^```sh\n([\s\S]*?)^```/gm), ([, commands = '']) => commands);
}

interface Desk extends Disposable {
  /** The output of the terminals. */
  readonly said: string;
  /** Types commands into a new terminal, and waits for this output. */
  type(commands: string, awaited: string): Promise<void>;
  /** Runs commands to their end, and returns their output. */
  run(commands: string): string;
  /** Whether the jobs of the polled repository are those of truth.txt: how many, and how long they took. */
  hasAllJobs(): boolean;
}

async function openDesk(): Promise<Desk> {
  const programs = Object.entries(PROGRAMS).map(
    ([name, code]) =>
      [`programs/${name}`, `#!/bin/sh\nexec '${process.execPath}' -e "${code}" -- "$@"\n`] as const,
  );
  const folder = openTemporaryFolder(Object.fromEntries(programs));
  for (const [name] of programs) chmodSync(join(folder.path, name), 0o755);
  const [webhook, api, github] = [await freePort(), await freePort(), await freePort()];
  const shorten = (commands: string) =>
    commands
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${webhook}`)
      .replaceAll('bin/ant-watcher', join(ROOT, 'bin/ant-watcher'))
      .replaceAll('npm start', `npm start --prefix '${ROOT}'`)
      .replaceAll('8090', String(github))
      .replaceAll('9876', String(api));
  const env = {
    PATH: `${join(folder.path, 'programs')}:${process.env['PATH'] ?? ''}`,
    LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] ?? '',
    ANT_WATCHER_STORAGE_URL: `sqlite:${join(folder.path, 'trial.db')}`,
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_WEBHOOK_PORT: String(webhook),
    ANT_WATCHER_API_PORT: String(api),
  };
  const options = { cwd: folder.path, env } as const;
  const terminals: ChildProcess[] = [];
  let said = '';
  const desk: Desk = {
    get said() {
      return said;
    },
    async type(commands, awaited) {
      const terminal = spawn('sh', ['-ec', shorten(commands)], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      terminals.push(terminal);
      for (const stream of [terminal.stdout, terminal.stderr])
        stream.setEncoding('utf8').on('data', (part: string) => {
          said += part;
        });
      await until(`"${awaited}" is not said`, () => said.includes(awaited), desk);
    },
    run(commands) {
      const { stdout, stderr } = spawnSync('sh', ['-c', shorten(commands)], {
        ...options,
        encoding: 'utf8',
      });
      return stdout + stderr;
    },
    hasAllJobs() {
      const lines = `grep -E '^github_actions_(jobs_total|job_duration_seconds).*repository="lumen-works/web-shop"' | sort`;
      const [shown, truth] = ['curl -s http://127.0.0.1:9876/metrics', 'cat truth.txt'].map((source) =>
        desk.run(`${source} | ${lines}`),
      );
      return truth !== '' && shown === truth;
    },
    [Symbol.dispose]() {
      for (const { pid } of terminals) if (pid !== undefined) killGroup(pid);
      folder[Symbol.dispose]();
    },
  };
  return desk;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function until(failure: string, isDone: () => boolean, desk: Desk): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!isDone()) {
    if (Date.now() > deadlineMs) throw new Error(`${failure}: ${desk.said}`);
    await sleep(200);
  }
}
