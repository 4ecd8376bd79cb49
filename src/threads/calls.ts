import type { MessagePort, Transferable } from 'node:worker_threads';
import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.ts';
import { AntError } from '../domain/errors.ts';
import type { WorkPlace } from '../domain/work-span.ts';
import { currentWork, traced } from '../timing/traced.ts';

/*
 * Calls from one thread to an object that lives on another: each call is one message with a number, each
 * answer carries the number of its call. Expected errors keep their code; a bug keeps its stack.
 */

// biome-ignore lint/suspicious/noExplicitAny: the arguments are those of the remote object's own methods
type Methods = Record<string, (...values: any[]) => Promise<unknown>>;

/** The methods of `T` that can be called from another thread. */
export type Remote<T> = {
  [K in keyof T as T[K] extends (...values: never[]) => Promise<unknown> ? K : never]: T[K];
};

/** Each method once: one that is forgotten is a type error, and one that is not there, too. */
export type MethodNames<T> = Readonly<Record<keyof Remote<T>, true>>;

interface Call {
  readonly call: number;
  readonly method: string;
  readonly values: readonly unknown[];
  /** Of the caller, if it is traced. */
  readonly work?: WorkPlace;
}

interface Answer {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: {
    readonly code: string | null;
    readonly message: string;
    readonly hint?: string;
    readonly stack?: string;
  };
}

/**
 * Answers calls that come through `port` with the methods of `target`. Bytes in an answer are moved, not
 * copied.
 */
export function serveCalls<T>(port: MessagePort, target: Remote<T>): void {
  const methods = target as unknown as Methods;
  port.on('message', async ({ call, method, values, work }: Call) => {
    try {
      const called = methods[method];
      if (called === undefined) throw new TypeError(`${method} can't be called from another thread`);
      const result = await traced(
        () => ({ name: `call ${method}`, attributes: {}, parent: work ?? null }),
        () => called(...values),
      );
      port.postMessage(
        { call, result } satisfies Answer,
        result instanceof Uint8Array ? [result.buffer as Transferable] : [],
      );
    } catch (error) {
      port.postMessage({ call, error: described(error) } satisfies Answer);
    }
  });
}

/**
 * The object behind `port`, to be called like a local one. After `lost`, every open and later call rejects.
 */
export function connectCalls<T>(
  port: Pick<MessagePort, 'postMessage' | 'on'>,
  methods: MethodNames<T>,
): { readonly remote: Remote<T>; lost(error: Error): void } {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  let gone: Error | null = null;

  port.on('message', ({ call, result, error }: Answer) => {
    const waiting = open.get(call);
    open.delete(call);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(revived(error));
  });

  function call(method: string, values: readonly unknown[]): Promise<unknown> {
    if (gone !== null) return Promise.reject(gone);
    last += 1;
    const waiting = Promise.withResolvers<unknown>();
    open.set(last, waiting);
    const work = currentWork();
    port.postMessage(
      (work === null ? { call: last, method, values } : { call: last, method, values, work }) satisfies Call,
    );
    return waiting.promise;
  }

  const remote = Object.fromEntries(
    Object.keys(methods).map((method) => [method, (...values: unknown[]) => call(method, values)]),
  );
  return {
    remote: remote as Remote<T>,
    lost(error) {
      gone = error;
      for (const waiting of open.values()) waiting.reject(error);
      open.clear();
    },
  };
}

function described(error: unknown): NonNullable<Answer['error']> {
  if (!(error instanceof Error)) return { code: null, message: String(error) };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  if (!(error instanceof AntError)) return { code: null, message: error.message, ...stack };
  return {
    code: error.code,
    message: error.message,
    ...stack,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

function revived({ code, message, hint, stack }: NonNullable<Answer['error']>): Error {
  const error =
    code !== null && code in ERROR_CODES
      ? new AntError(code as ErrorCode, message, hint === undefined ? {} : { hint })
      : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
