import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../bin/ant-watcher', import.meta.url));

/**
 * A process that still runs after this, by default, is killed, so that a fault fails its test and does not
 * hang all of them.
 */
const LONGEST_MS = 180_000;

export interface StartOptions {
  /** The body of a `startApp(settings, options)` that replaces app.ts. */
  readonly app?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly bin?: string;
  readonly longestMs?: number;
}

/** A running `ant-watcher`, killed at the end of the scope. */
export interface Started extends Disposable {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** The first log line of that message; rejects when the process ends without it. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** Everything that it has written so far. */
  output(): string;
  /** Resolves once what it has written matches; rejects when the process ends without it. */
  wrote(text: RegExp): Promise<void>;
  ended(): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** For tests: starts the command with nothing in the environment except what it needs to run and `env`. */
export function startAntWatcher(args: readonly string[], options: StartOptions = {}): Started {
  const { PATH = '', LD_LIBRARY_PATH = '' } = process.env;
  const NODE_OPTIONS = options.app === undefined ? '' : `--import=${replaceApp(options.app)}`;
  const env = { PATH, LD_LIBRARY_PATH, NODE_OPTIONS, ...options.env };
  const child = spawn(options.bin ?? BIN, args, {
    cwd: options.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  let news = Promise.withResolvers<void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      output[name] += part;
      news.resolve();
      news = Promise.withResolvers<void>();
    });
  }
  const killAll = (): void => killGroup(child.pid);
  const watchdog = setTimeout(killAll, options.longestMs ?? LONGEST_MS);
  const closed = once(child, 'close').finally(() => clearTimeout(watchdog));
  return {
    pid: child.pid ?? 0,
    signal: (signal) => void child.kill(signal),
    async logged(message) {
      for (;;) {
        const line = output.stdout
          .split('\n')
          .find((each) => each.includes(`"msg":${JSON.stringify(message)}`));
        if (line !== undefined) return JSON.parse(line);
        const more = await Promise.race([once(child.stdout, 'data'), closed.then(() => undefined)]);
        if (more === undefined)
          throw new Error(`ended without "${message}": ${output.stdout}${output.stderr}`);
      }
    },
    output: () => output.stdout + output.stderr,
    async wrote(text) {
      while (!text.test(output.stdout + output.stderr)) {
        const isOpen = await Promise.race([news.promise.then(() => true), closed.then(() => false)]);
        if (!isOpen) throw new Error(`ended without ${text}: ${output.stdout}${output.stderr}`);
      }
    },
    async ended() {
      await closed;
      return { code: child.exitCode, ...output };
    },
    [Symbol.dispose]: killAll,
  };
}

/** All that the launcher started, in case it did not become the service. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function replaceApp(body: string): string {
  const app = moduleOf(`export async function startApp(settings, { logger, version }) { ${body} }`);
  return moduleOf(`
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (specifier, context, next) => specifier === './app.ts'
        ? { url: ${JSON.stringify(app)}, format: 'module', shortCircuit: true }
        : next(specifier, context),
    });`);
}

function moduleOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
