import type { MessagePort } from 'node:worker_threads';
import type { Engine } from '../domain/contracts.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { EngineOptions } from '../engine/parts.ts';
import type { EngineValues } from '../engine/rules.ts';
import type { LogFormat, LogLevel } from '../logger/open-logger.ts';

/** What the main thread may call. */
export interface CallableEngine extends Engine {
  /**
   * As `ActiveConfig.replace`; the level is that of the engine's own log, which must not show these secrets.
   */
  configure(values: EngineValues, level: LogLevel, secrets: readonly string[]): Promise<void>;
}

/** What the thread is started with. */
export interface EngineThreadData {
  readonly engine: Omit<EngineOptions, 'time' | 'changed' | 'lead' | 'logger' | 'processMetrics'>;
  /** As `SharedTime.buffer`. */
  readonly time: SharedArrayBuffer;
  /** As `SharedMoment.buffer`. */
  readonly changed: SharedArrayBuffer;
  /** As `SharedLease.buffer`. */
  readonly lead: SharedArrayBuffer;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly calls: MessagePort;
  /** Of ant-watcher. */
  readonly version: string;
  /** To be kept out of what the thread writes. */
  readonly secrets: readonly string[];
}

export type EngineThreadMessage =
  | { readonly kind: 'started' }
  /** As `Teardown`'s steps. */
  | { readonly kind: 'closing'; readonly step: string }
  /** It is in the log. */
  | { readonly kind: 'bug' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint?: string };
