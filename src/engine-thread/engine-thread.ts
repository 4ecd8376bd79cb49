import { MessageChannel, Worker } from 'node:worker_threads';
import type { Engine } from '../domain/contracts.ts';
import { AntError, ReportedBug } from '../domain/errors.ts';
import type { EngineValues } from '../engine/rules.ts';
import { protectedSecrets } from '../logger/known-secrets.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import { connectCalls, type MethodNames } from './calls.ts';
import type { CallableEngine, EngineThreadData, EngineThreadMessage } from './messages.ts';

export interface EngineThread {
  /** As `ActiveConfig.replace`; the level is that of the engine's own log. */
  configure(values: EngineValues, level: LogLevel): Promise<void>;
  readonly engine: Engine;
  /** What its heap holds, as a share of what it may hold. */
  heapShare(): Promise<number>;
  /** The step of `close` that is under way; null: none that is known. */
  closingStep(): string | null;
  /** Rejects when the thread ends before `close`. */
  readonly failed: Promise<never>;
  /**
   * Finishes the batch in hand, stores what is gathered, closes the store and ends the thread, if it has not
   * ended yet. Rejects with what goes wrong in that.
   */
  close(): Promise<void>;
}

const METHODS: MethodNames<CallableEngine> = {
  accept: true,
  count: true,
  scrape: true,
  shortOfMemory: true,
  pushSnapshot: true,
  endSnapshots: true,
  deadSamples: true,
  health: true,
  explainJob: true,
  explainRun: true,
  listJobs: true,
  lingering: true,
  uncountable: true,
  proveDurable: true,
  copy: true,
  replayParked: true,
  readMark: true,
  writeMark: true,
  readNote: true,
  writeNote: true,
  knownRepositories: true,
  unseen: true,
  correctClock: true,
  configure: true,
};

/**
 * Starts the engine on a thread of its own; resolves when it can accept deliveries, rejects with its
 * `AntError`.
 */
export async function startEngineThread(
  data: Omit<EngineThreadData, 'calls' | 'secrets'>,
): Promise<EngineThread> {
  const { port1: calls, port2: remoteCalls } = new MessageChannel();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...data, calls: remoteCalls, secrets: protectedSecrets() } satisfies EngineThreadData,
    transferList: [remoteCalls],
  });
  const { remote, lost } = connectCalls<CallableEngine>(calls, METHODS);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let isClosing = false;
  let closingStep: string | null = null;
  let failedWith: Error | null = null;

  /** The first error is the reason of the others. */
  function fail(error: Error): void {
    if (failedWith !== null) return;
    failedWith = error;
    lost(error);
    failure.reject(error);
  }
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => {
    calls.close();
    ended.resolve();
    if (!isClosing) fail(new Error(`the engine's thread ended with code ${code}`));
  });
  worker.on('message', (message: EngineThreadMessage) => {
    if (message.kind === 'started') started.resolve();
    else if (message.kind === 'closing') closingStep = message.step;
    else fail(errorOf(message));
  });

  await Promise.race([started.promise, failure.promise]);
  return {
    engine: remote,
    configure: (values, level) => remote.configure(values, level, protectedSecrets()),
    closingStep: () => closingStep,
    failed: failure.promise,
    async heapShare() {
      try {
        const { used_heap_size: used, heap_size_limit: limit } = await worker.getHeapStatistics();
        return used / limit;
      } catch {
        return 0; // The thread is gone, and `failed` has rejected.
      }
    },
    async close() {
      isClosing = true;
      const before = failedWith;
      worker.postMessage('close');
      await ended.promise;
      if (failedWith !== null && before === null) throw failedWith;
    },
  };
}

function errorOf(message: Extract<EngineThreadMessage, { readonly kind: 'bug' | 'failed' }>): Error {
  if (message.kind === 'bug') return new ReportedBug("a bug in the engine's thread");
  const { code, message: text, hint } = message;
  return new AntError(code, text, hint === undefined ? {} : { hint });
}
