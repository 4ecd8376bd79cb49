import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { noteLeftOver } from './left-overs.ts';

export interface StartedProcess {
  readonly pid: number;
  /** The first line of its output that contains `text`; rejects when it exits before. */
  line(text: string): Promise<string>;
  /** Lets it write what nobody reads: a full pipe would block it. */
  discard(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Asks it to stop and waits for that; rejects when it exited otherwise. */
  stop(): Promise<void>;
}

/**
 * Starts a program whose errors are shown here, with only `env` and the necessary variables in its
 * environment.
 */
export function startProcess(
  program: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): StartedProcess {
  const { PATH, LD_LIBRARY_PATH } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, LD_LIBRARY_PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const forget = noteLeftOver({ [Symbol.dispose]: () => void child.kill('SIGKILL') });
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async line(text) {
      for await (const line of createInterface(child.stdout)) {
        if (!line.includes(text)) continue;
        child.stdout.resume();
        return line;
      }
      throw new Error(`${program} ended without printing "${text}"`);
    },
    discard: () => void child.stdout.resume(),
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
      forget();
    },
    async stop() {
      child.kill();
      const [code, signal] = await ended;
      forget();
      if (code !== 0 && signal !== 'SIGTERM') throw new Error(`${program} ended with ${code ?? signal}`);
    },
  };
}
