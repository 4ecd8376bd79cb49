import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { AntError } from '../domain/errors.ts';
import { type LogLevel, openLogger } from '../logger/open-logger.ts';
import { startEngine } from './engine.ts';
import { serveRemote } from './remote.ts';
import type { EngineValues } from './rules.ts';
import type { EngineThreadData, EngineThreadMessage } from './start-thread.ts';

/*
 * The engine's thread: starts the engine with the values it is given and answers calls until it is told to close.
 * Only loaded by start-thread.ts. An error that nobody expected ends the thread, and so the process.
 */

assert(parentPort !== null, 'engine/thread.ts runs as a worker thread only');
const port = parentPort;
const { engine: values, log, calls } = workerData as EngineThreadData;

function tell(message: EngineThreadMessage): void {
  port.postMessage(message);
}

try {
  let { level } = log;
  const logger = openLogger({ ...log, level: () => level });
  const engine = await startEngine({ ...values, clock: Date.now, logger });
  const adopt = async (next: EngineValues, nextLevel: LogLevel): Promise<void> => {
    await engine.adopt(next);
    level = nextLevel;
  };
  serveRemote(calls, { ...engine, adopt });
  port.once('message', async () => {
    await engine.close();
    calls.close();
    port.close();
  });
  tell({ kind: 'started' });
  await engine.done;
} catch (error) {
  if (!(error instanceof AntError)) throw error;
  tell({
    kind: 'failed',
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
  port.close();
  calls.close();
}
