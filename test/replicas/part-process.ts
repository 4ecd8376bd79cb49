import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { listens } from '../listens.ts';
import { type Peer, peerPath } from '../peers.ts';

/** A program that listens. */
export interface Part extends AsyncDisposable {
  /** What it has written so far. */
  output(): string;
}

const PATIENCE_MS = 30_000;

/** Starts a real program, and waits until it listens on that port. */
export async function startPart(peer: Peer, flags: readonly string[], port: number): Promise<Part> {
  const child = spawn(peerPath(peer), flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const part: Part = {
    output: () => output,
    async [Symbol.asyncDispose]() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      child.kill('SIGKILL');
      await ended;
    },
  };
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      await part[Symbol.asyncDispose]();
      throw new Error(`${peer} does not start: ${output}`);
    }
    await sleep(20);
  }
  return part;
}
