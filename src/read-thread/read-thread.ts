import { MessageChannel, Worker } from 'node:worker_threads';
import { AntError } from '../domain/errors.ts';
import { connectCalls } from '../threads/calls.ts';
import { setYoungSpace } from '../threads/young-space.ts';
import type { Answering, QuestionRules, ReadThreadData } from './messages.ts';

export interface ReadThreadOptions extends Omit<ReadThreadData, 'calls'> {
  readonly rules: () => QuestionRules;
  /** It ends when nothing was asked for so long. */
  readonly idleMs?: number;
}

/** To start it costs less than most questions, and memory is given back only when it ends. */
const IDLE_MS = 30_000;
const LIMITS = { maxOldGenerationSizeMb: 96 };
/** Of each half of the room for young garbage, in MiB. More costs memory and saves no time. */
const YOUNG = 4;

interface Running {
  readonly remote: Answering;
  end(): Promise<void>;
}

/** The thread that reads. There is none until somebody asks, and none while nobody does. */
export class ReadThread {
  readonly #options: ReadThreadOptions;
  #running: Running | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ReadThreadOptions) {
    this.#options = options;
  }

  /** Answers one question. Rejects as `readOnly`, and with `query_too_slow` if it takes too much memory. */
  async answer(name: string, query: unknown): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#running ??= this.#start();
    try {
      return await this.#running.remote.answer(name, query, this.#options.rules());
    } finally {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => void this.close(), this.#options.idleMs ?? IDLE_MS).unref();
    }
  }

  /** Ends it, with the question in hand. Another question starts a new one. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = null;
    await running?.end();
  }

  #start(): Running {
    const { place, time, changed } = this.#options;
    const { port1: port, port2: calls } = new MessageChannel();
    setYoungSpace(YOUNG);
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      name: 'reader',
      workerData: { place, time, changed, calls } satisfies ReadThreadData,
      transferList: [calls],
      resourceLimits: LIMITS,
    });
    const { remote, lost } = connectCalls<Answering>(port, { answer: true });
    const running = { remote, end: async () => void (await worker.terminate()) };
    const forget = (error: Error) => {
      if (this.#running === running) this.#running = null;
      lost(error);
      port.close();
    };
    worker.on('error', (error) => forget(asError(error)));
    worker.on('exit', () => forget(new AntError('query_too_slow', 'The service stops answering questions.')));
    return running;
  }
}

function asError(error: unknown): Error {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new AntError('query_too_slow', 'The question takes too much memory: ask for less.');
  return error instanceof Error ? error : new Error(String(error));
}
