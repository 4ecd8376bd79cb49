import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { AntError, isStoreLoss } from '../domain/errors.ts';
import { type RunningEngine, startEngine } from '../engine/engine.ts';
import { protectSecrets } from '../logger/known-secrets.ts';
import { openLogger } from '../logger/open-logger.ts';
import { reportBug } from '../logger/report-bug.ts';
import { openProcessMetrics } from '../metrics/process-metrics.ts';
import { serveCalls } from '../threads/calls.ts';
import { SharedTime, ThreadTime } from '../timing/service-time.ts';
import { SharedLease } from '../timing/shared-lease.ts';
import { SharedMoment } from '../timing/shared-moment.ts';
import type { CallableEngine, EngineThreadData, EngineThreadMessage } from './messages.ts';

/*
 * The engine's thread: starts the engine with the values it is given and answers calls until it is to close.
 * Only loaded by engine-thread.ts. A bug is reported here, and ends the process.
 */

if (parentPort === null) throw new Error('engine-thread/worker.ts runs as a worker thread only');
const port = parentPort;
const { engine: values, time, changed, lead, log, calls, version, secrets } = workerData as EngineThreadData;
protectSecrets(secrets);
let { level } = log;
const logger = openLogger({ ...log, level: () => level });
let engine: RunningEngine | null = null;
let hasBug = false;

function send(message: EngineThreadMessage): void {
  port.postMessage(message);
}

/** Reports the first bug; others may follow from it. */
async function endWithBug(error: unknown, origin: string): Promise<void> {
  if (hasBug) return;
  hasBug = true;
  const queue = async () => (await engine?.health())?.queue ?? null;
  await reportBug(logger, error, { origin, thread: 'engine', version, queue });
  send({ kind: 'bug' });
}

process.on('uncaughtException', (error, origin) => {
  if (isStoreLoss(error)) endWithError(error);
  else endWithBug(error, origin);
});
try {
  const started = await startEngine(
    {
      ...values,
      time: new ThreadTime(new SharedTime(time)),
      changed: new SharedMoment(changed),
      lead: new SharedLease(lead),
      logger,
      processMetrics: openProcessMetrics({ thread: 'engine' }),
    },
    (step) => send({ kind: 'closing', step }),
  );
  engine = started;
  const callable: CallableEngine = {
    ...started,
    async configure(next, nextLevel, added) {
      protectSecrets(added);
      await started.configure(next);
      level = nextLevel;
    },
  };
  serveCalls(calls, callable);
  port.once('message', async () => {
    await started.close();
    calls.close();
    port.close();
  });
  flushCompileCache();
  send({ kind: 'started' });
  await started.done;
} catch (error) {
  if (error instanceof AntError) endWithError(error);
  else await endWithBug(error, 'engine');
}

function endWithError(error: AntError): void {
  send({
    kind: 'failed',
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
  port.close();
  calls.close();
}
