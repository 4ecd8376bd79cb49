import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Peer, peerPath } from './peers.ts';

const PATIENCE_MS = 30_000;
const POLL_EVERY_MS = 20;

/** Starts a real program and waits until `readyUrl` is answered 200. The program is ended at the end of the scope. */
export async function startPeer(
  peer: Peer,
  flags: readonly string[],
  readyUrl: string,
): Promise<AsyncDisposable> {
  const server = spawn(peerPath(peer), flags, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = once(server, 'exit');
  const running = {
    async [Symbol.asyncDispose]() {
      server.kill();
      await ended;
    },
  };
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isAnswered(readyUrl))) {
    if (server.exitCode !== null || performance.now() > deadline) {
      await running[Symbol.asyncDispose]();
      throw new Error(`${peer} does not get ready: ${flags.join(' ')}`);
    }
    await sleep(POLL_EVERY_MS);
  }
  return running;
}

async function isAnswered(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}
