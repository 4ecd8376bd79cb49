import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Engine } from '../domain/contracts.ts';
import { AntError, type ErrorCode } from '../domain/errors.ts';
import type { EngineOptions } from './parts.ts';
import { connectRemote } from './remote.ts';

/** What the thread is started with. */
export interface EngineThreadData {
  readonly engine: Omit<EngineOptions, 'clock' | 'logger'>;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly format: 'json' | 'text' };
  readonly calls: MessagePort;
}

export type EngineThreadMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint?: string };

export interface EngineThread {
  readonly engine: Engine;
  /** What its heap holds, as a share of what it may hold. */
  heapShare(): Promise<number>;
  /** Rejects when the thread ends without being told to. */
  readonly failed: Promise<never>;
  /** Finishes the batch in hand, stores what is gathered, closes the store and ends the thread. */
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
  'lingering',
  'proveDurable',
  'replayParked',
  'readMark',
  'writeMark',
  'readNote',
  'writeNote',
  'knownRepositories',
  'unseen',
] as const satisfies (keyof Engine)[];

/** Starts the engine on a thread of its own; resolves when it can accept deliveries, rejects with its `AntError`. */
export async function startEngineThread(data: Omit<EngineThreadData, 'calls'>): Promise<EngineThread> {
  const { port1: calls, port2: remoteCalls } = new MessageChannel();
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { ...data, calls: remoteCalls } satisfies EngineThreadData,
    transferList: [remoteCalls],
  });
  const { remote, lost } = connectRemote<Engine>(calls, METHODS);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  let isClosing = false;

  function fail(error: Error): void {
    lost(error);
    failure.reject(error);
  }
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => {
    calls.close();
    if (!isClosing) fail(new Error(`the engine's thread ended with code ${code}`));
  });
  worker.on('message', (message: EngineThreadMessage) => {
    if (message.kind !== 'failed') return;
    const { code, message: text, hint } = message;
    fail(new AntError(code, text, hint === undefined ? {} : { hint }));
  });

  await Promise.race([once(worker, 'message'), failure.promise]);
  return {
    engine: remote,
    failed: failure.promise,
    async heapShare() {
      const { used_heap_size: used, heap_size_limit: limit } = await worker.getHeapStatistics();
      return used / limit;
    },
    async close() {
      isClosing = true;
      const ended = once(worker, 'exit');
      worker.postMessage('close');
      await ended;
    },
  };
}
