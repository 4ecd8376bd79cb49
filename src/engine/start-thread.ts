import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Engine } from '../domain/contracts.ts';
import { AntError, ReportedBug } from '../domain/errors.ts';
import { protectedSecrets } from '../logger/known-secrets.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import { connectRemote } from './remote.ts';
import type { EngineValues } from './rules.ts';
import type { EngineThreadData, EngineThreadMessage } from './thread-messages.ts';

/** What of the thread is only for those who put the service together. */
interface Adopting {
  /** As `Live.adopt`; the level is that of the engine's own log, which must not show these secrets. */
  adopt(values: EngineValues, level: LogLevel, secrets: readonly string[]): Promise<void>;
}

export interface EngineThread {
  /** As `Live.adopt`; the level is that of the engine's own log. */
  adopt(values: EngineValues, level: LogLevel): Promise<void>;
  readonly engine: Engine;
  /** What its heap holds, as a share of what it may hold. */
  heapShare(): Promise<number>;
  /** Rejects when the thread ends without being told to. */
  readonly failed: Promise<never>;
  /**
   * Finishes the batch in hand, stores what is gathered, closes the store and ends the thread, if it has not ended yet. Rejects with
   * what goes wrong in that.
   */
  close(): Promise<void>;
}

const METHODS = [
  'accept',
  'count',
  'scrape',
  'shortOfMemory',
  'pushSnapshot',
  'endSnapshots',
  'deadSamples',
  'health',
  'explainJob',
  'explainRun',
  'listJobs',
  'lingering',
  'proveDurable',
  'copy',
  'replayParked',
  'readMark',
  'writeMark',
  'readNote',
  'writeNote',
  'knownRepositories',
  'unseen',
  'adopt',
] as const satisfies (keyof (Engine & Adopting))[];

/** Starts the engine on a thread of its own; resolves when it can accept deliveries, rejects with its `AntError`. */
export async function startEngineThread(
  data: Omit<EngineThreadData, 'calls' | 'secrets'>,
): Promise<EngineThread> {
  const { port1: calls, port2: remoteCalls } = new MessageChannel();
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { ...data, calls: remoteCalls, secrets: protectedSecrets() } satisfies EngineThreadData,
    transferList: [remoteCalls],
  });
  const { remote, lost } = connectRemote<Engine & Adopting>(calls, METHODS);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const ended = Promise.withResolvers<void>();
  let isClosing = false;
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
    if (message.kind === 'bug') fail(new ReportedBug("a bug in the engine's thread"));
    if (message.kind !== 'failed') return;
    const { code, message: text, hint } = message;
    fail(new AntError(code, text, hint === undefined ? {} : { hint }));
  });

  await Promise.race([once(worker, 'message'), failure.promise]);
  return {
    engine: remote,
    adopt: (values, level) => remote.adopt(values, level, protectedSecrets()),
    failed: failure.promise,
    async heapShare() {
      try {
        const { used_heap_size: used, heap_size_limit: limit } = await worker.getHeapStatistics();
        return used / limit;
      } catch {
        return 0; // The thread is gone, of which `failed` tells.
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
