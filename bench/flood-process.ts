import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FloodOrder, FloodOutcome } from './flood.ts';

/** The attacker's process, which floods from its start. */
export interface FloodProcess extends AsyncDisposable {
  /** What it has done so far; it stops then. */
  stop(): Promise<FloodOutcome>;
}

export function startFlood(order: FloodOrder): FloodProcess {
  const child = fork(fileURLToPath(new URL('./flood.ts', import.meta.url)));
  const ended = once(child, 'exit');
  child.send(order);
  return {
    async stop() {
      child.send('stop');
      const [outcome] = await once(child, 'message');
      return outcome as FloodOutcome;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
