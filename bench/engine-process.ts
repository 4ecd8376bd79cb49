import type { GroupOrder, GroupOutcome } from './engine-runner.ts';
import { startWorkingProcess, type WorkingProcess } from './working-process.ts';

/** The engine alone, on a database. Each order's deliveries are new. */
export type EngineProcess = WorkingProcess<GroupOrder, GroupOutcome>;

/** Answers when the database is open. `settings`: by the names of their variables. */
export function startEngineProcess(
  storageUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EngineProcess> {
  return startWorkingProcess('./engine-runner.ts', [storageUrl, JSON.stringify(settings)]);
}
