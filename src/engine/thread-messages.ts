import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { LogFormat, LogLevel } from '../logger/open-logger.ts';
import type { EngineOptions } from './parts.ts';

/** What the thread is started with. */
export interface EngineThreadData {
  readonly engine: Omit<EngineOptions, 'clock' | 'logger'>;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly calls: MessagePort;
  /** Of ant-watcher. */
  readonly version: string;
  /** To be kept out of what the thread writes. */
  readonly secrets: readonly string[];
}

export type EngineThreadMessage =
  | { readonly kind: 'started' }
  /** The log tells of it. */
  | { readonly kind: 'bug' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint?: string };
