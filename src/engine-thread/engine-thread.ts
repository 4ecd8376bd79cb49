import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Engine } from '../domain/contracts.ts';
import { AntError, ReportedBug } from '../domain/errors.ts';
import type { EngineValues } from '../engine/rules.ts';
import { protectedSecrets } from '../logger/known-secrets.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import { connectCalls, type MethodNames } from '../threads/calls.ts';
import { setYoungSpace } from '../threads/young-space.ts';
import type { EngineHost } from './engine-host.ts';
import type { CallableEngine, EngineThreadData, EngineThreadMessage } from './messages.ts';

const METHODS: MethodNames<CallableEngine> = {
  accept: true,
  count: true,
  countOnce: true,
  scrape: true,
  shortOfMemory: true,
  pushSnapshot: true,
  endSnapshots: true,
  deadSamples: true,
  deadTraces: true,
  addOwnSpans: true,
  health: true,
  progress: true,
  report: true,
  explainJob: true,
  explainRun: true,
  ask: true,
  readableAt: true,
  lingering: true,
  unexplained: true,
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
 * Of each half of the engine's room for young garbage, in MiB. It holds less than the main thread, where requests wait:
 * twice as much costs 16 MiB and saves no CPU that could be measured. With half of it at
 * the start, what is restored then is moved once more, for 9 ms of CPU.
 */
const YOUNG = 8;

/**
 * Starts the engine on a thread of its own; resolves when it can accept deliveries, rejects with its
 * `AntError`.
 */
export async function startEngineThread(
  data: Omit<EngineThreadData, 'calls' | 'secrets'>,
): Promise<EngineThread> {
  const { port1: calls, port2: remoteCalls } = new MessageChannel();
  setYoungSpace(YOUNG);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    name: 'engine',
    workerData: { ...data, calls: remoteCalls, secrets: protectedSecrets() } satisfies EngineThreadData,
    transferList: [remoteCalls],
  });
  const thread = new EngineThread(worker, calls);
  await Promise.race([thread.started, thread.failed]);
  return thread;
}

export class EngineThread implements EngineHost {
  /** Each call is a message to `worker.ts`, which passes it on to `engine/engine.ts`. */
  readonly engine: Engine;
  readonly started: Promise<void>;
  readonly failed: Promise<never>;
  readonly #worker: Worker;
  readonly #calls: ReturnType<typeof connectCalls<CallableEngine>>;
  readonly #failure = Promise.withResolvers<never>();
  readonly #ended = Promise.withResolvers<void>();
  #isClosing = false;
  #closingStep: string | null = null;
  #failedWith: Error | null = null;

  constructor(worker: Worker, port: MessagePort) {
    this.#worker = worker;
    this.#calls = connectCalls(port, METHODS);
    this.engine = this.#calls.remote;
    this.failed = this.#failure.promise;
    this.failed.catch(() => undefined);
    const started = Promise.withResolvers<void>();
    this.started = started.promise;
    worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => {
      port.close();
      this.#ended.resolve();
      if (!this.#isClosing) this.#fail(new Error(`the engine's thread ended with code ${code}`));
    });
    worker.on('message', (message: EngineThreadMessage) => {
      if (message.kind === 'started') started.resolve();
      else if (message.kind === 'closing') this.#closingStep = message.step;
      else this.#fail(errorOf(message));
    });
  }

  configure(values: EngineValues, level: LogLevel): Promise<void> {
    return this.#calls.remote.configure(values, level, protectedSecrets());
  }

  heapShare = async (): Promise<number> => {
    try {
      const { used_heap_size: used, heap_size_limit: limit } = await this.#worker.getHeapStatistics();
      return used / limit;
    } catch {
      return 0; // The thread is gone, and `failed` has rejected.
    }
  };

  closingStep(): string | null {
    return this.#closingStep;
  }

  /** Ends the thread, too, if it has not ended yet. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const before = this.#failedWith;
    this.#worker.postMessage('close');
    await this.#ended.promise;
    if (this.#failedWith !== null && before === null) throw this.#failedWith;
  }

  /** The first error is the reason of the others. */
  #fail(error: Error): void {
    if (this.#failedWith !== null) return;
    this.#failedWith = error;
    this.#calls.lost(error);
    this.#failure.reject(error);
  }
}

function errorOf(message: Extract<EngineThreadMessage, { readonly kind: 'bug' | 'failed' }>): Error {
  if (message.kind === 'bug') return new ReportedBug("a bug in the engine's thread");
  const { code, message: text, hint } = message;
  return new AntError(code, text, hint === undefined ? {} : { hint });
}
