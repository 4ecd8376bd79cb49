import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Peer, peerPath } from './peers.ts';

const PATIENCE_MS = 30_000;
const POLL_EVERY_MS = 20;

/**
 * A real program that can be stopped and started again, with the same flags. It is stopped at the end of the
 * scope.
 */
export interface RunningPeer extends AsyncDisposable {
  /** Resolves once it has exited. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again; resolves when it is ready. */
  start(): Promise<void>;
}

/** Starts a real program and waits until `readyUrl` is answered 200, when it is asked in this way. */
export async function startPeer(
  peer: Peer,
  flags: readonly string[],
  readyUrl: string,
  asking: RequestInit = {},
): Promise<RunningPeer> {
  let server: ChildProcess | null = null;
  const running: RunningPeer = {
    async stop(signal = 'SIGTERM') {
      if (server === null) return;
      const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : null;
      server.kill(signal);
      await ended;
      server = null;
    },
    async start() {
      server = spawn(peerPath(peer), flags, { stdio: ['ignore', 'inherit', 'inherit'] });
      const deadline = performance.now() + PATIENCE_MS;
      while (!(await isAnswered(readyUrl, asking))) {
        if (server.exitCode !== null || performance.now() > deadline) {
          await running.stop();
          throw new Error(`${peer} does not get ready: ${flags.join(' ')}`);
        }
        await sleep(POLL_EVERY_MS);
      }
    },
    // Its data is no longer needed.
    [Symbol.asyncDispose]: () => running.stop('SIGKILL'),
  };
  await running.start();
  return running;
}

async function isAnswered(url: string, asking: RequestInit): Promise<boolean> {
  const response = await fetch(url, asking).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}
