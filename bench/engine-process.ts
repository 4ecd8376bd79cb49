import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GroupOrder, GroupOutcome } from './engine-runner.ts';
import { noteLeftOver } from './left-overs.ts';

/** The engine alone, on a database. */
export interface EngineProcess extends AsyncDisposable {
  readonly pid: number;
  /** Processes that many deliveries, all of them new; rejects when it fails. */
  run(order: GroupOrder): Promise<GroupOutcome>;
}

/** Answers when the database is open. `settings`: by the names of their variables. */
export async function startEngineProcess(
  storageUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EngineProcess> {
  const runner = fileURLToPath(new URL('./engine-runner.ts', import.meta.url));
  const child = fork(runner, [storageUrl, JSON.stringify(settings)]);
  const forget = noteLeftOver({ [Symbol.dispose]: () => void child.kill('SIGKILL') });
  const ended = once(child, 'exit');
  const failed = ended.then(() => Promise.reject(new Error('the engine failed')));
  failed.catch(() => undefined);
  const message = async () => (await Promise.race([once(child, 'message'), failed]))[0] as unknown;
  await message();
  return {
    pid: child.pid ?? 0,
    async run(order) {
      child.send(order);
      return (await message()) as GroupOutcome;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
      forget();
    },
  };
}
