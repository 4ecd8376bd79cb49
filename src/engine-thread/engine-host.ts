import type { Engine } from '../domain/contracts.ts';
import type { EngineValues } from '../engine/rules.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import { SMALL_BYTES } from '../memory/young-space.ts';

/** The engine where it runs: on a thread of its own, or on the main one. */
export interface EngineHost {
  readonly engine: Engine;
  /** Rejects when the engine fails before `close`. */
  readonly failed: Promise<never>;
  /** As `ActiveConfig.replace`; the level is that of the engine's own log, if it has one. */
  configure(values: EngineValues, level: LogLevel): Promise<void>;
  /** What its heap holds, as a share of what it may hold; null: it has none of its own. */
  readonly heapShare: (() => Promise<number>) | null;
  /** The step of `close` that is under way; null: none that is known. */
  closingStep(): string | null;
  /**
   * Finishes the batch in hand, stores what is gathered, and closes the store. Rejects with what goes wrong in
   * that.
   */
  close(): Promise<void>;
}

/**
 * Whether the engine gets a thread of its own, which answers more deliveries in a second, and answers while the disk
 * is synced. It costs a second heap and an eighth more CPU: not where memory is scarce, or where there is one core.
 */
export function hasOwnThread(limitBytes: number, cores: number): boolean {
  return limitBytes >= SMALL_BYTES && cores > 1;
}
