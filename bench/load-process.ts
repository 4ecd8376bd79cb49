import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { roundedJobs } from './bodies.ts';
import type { LoadOrder, LoadOutcome } from './load.ts';

/** The sender's process. Every delivery it sends is new. */
export interface LoadProcess extends AsyncDisposable {
  readonly pid: number;
  /** Sends three deliveries for each of about `jobs` jobs; rejects when a connection breaks. */
  send(order: Omit<LoadOrder, 'firstJob'>): Promise<LoadOutcome>;
}

export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(new URL('./load.ts', import.meta.url)));
  const ended = once(child, 'exit');
  const failed = ended.then(() => Promise.reject(new Error('the sender of the load failed')));
  failed.catch(() => undefined);
  let firstJob = 0;
  return {
    pid: child.pid ?? 0,
    async send(order) {
      const jobs = roundedJobs(order.jobs);
      child.send({ ...order, firstJob, jobs } satisfies LoadOrder);
      firstJob += jobs;
      const [outcome] = await Promise.race([once(child, 'message'), failed]);
      return outcome as LoadOutcome;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
