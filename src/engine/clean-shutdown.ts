import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { unlessUnavailable } from '../timing/retry.ts';

/** Since when a process has used the store; 0: the last one was shut down cleanly. */
const RUNNING_SINCE = 'process/running_since';

/**
 * Notes in the store that a process uses it, so that the next one knows whether this one was shut down
 * cleanly.
 */
export class CleanShutdown {
  readonly #store: Pick<Store, 'readMark' | 'writeMark'>;
  #isNoted = false;

  constructor(store: Pick<Store, 'readMark' | 'writeMark'>) {
    this.#store = store;
  }

  /** Notes that this process uses the store. Answers whether the process before crashed. */
  async noteStart({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }): Promise<boolean> {
    const sinceMs = (await this.#store.readMark(RUNNING_SINCE)) ?? 0;
    const afterCrash = sinceMs > 0;
    if (afterCrash) logger.warn('unclean_shutdown', { startedAt: new Date(sinceMs) });
    await this.#note(clock());
    this.#isNoted = true;
    return afterCrash;
  }

  /** Notes that this process was shut down cleanly; nothing before `noteStart`. */
  async noteEnd(): Promise<void> {
    if (this.#isNoted) await this.#note(0);
  }

  /** A full disk is no reason not to start, or not to end: the next process is careful then. */
  #note(atMs: number): Promise<void> {
    return unlessUnavailable(
      () => this.#store.writeMark(RUNNING_SINCE, atMs),
      () => undefined,
    );
  }
}
