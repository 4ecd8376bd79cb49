import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { noteLeftOver } from './left-overs.ts';

/** A process of the bench that works on orders, one after the other. */
export interface WorkingProcess<Order, Outcome> extends AsyncDisposable {
  readonly pid: number;
  /** Rejects when it fails. */
  run(order: Order): Promise<Outcome>;
}

/** Starts one of this folder's scripts, and resolves with its first message. */
export async function startWorkingProcess<Order extends object, Outcome>(
  script: string,
  args: readonly string[],
): Promise<WorkingProcess<Order, Outcome>> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const forget = noteLeftOver({ [Symbol.dispose]: () => void child.kill('SIGKILL') });
  const ended = once(child, 'exit');
  const failed = ended.then(() => Promise.reject(new Error(`${script} failed`)));
  failed.catch(() => undefined);
  const message = async () => (await Promise.race([once(child, 'message'), failed]))[0] as unknown;
  await message();
  return {
    pid: child.pid ?? 0,
    async run(order) {
      child.send(order);
      return (await message()) as Outcome;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
      forget();
    },
  };
}
