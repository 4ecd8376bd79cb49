import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { unlessUnavailable } from '../timing/retry.ts';

/** Since when a process has used the store; 0: the last one ended in order. */
const RUNNING_SINCE = 'process/running_since';

export interface Life {
  /** Whether the process before did not end in order. */
  readonly afterCrash: boolean;
  /** Notes that this one does. */
  end(): Promise<void>;
}

/** Notes that a process uses the store, and whether the last one told of its end. */
export async function beginLife(
  store: Pick<Store, 'readMark' | 'writeMark'>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<Life> {
  const sinceMs = (await store.readMark(RUNNING_SINCE)) ?? 0;
  const afterCrash = sinceMs > 0;
  if (afterCrash) logger.warn('unclean_shutdown', { startedAt: new Date(sinceMs) });
  await note(store, clock());
  return { afterCrash, end: () => note(store, 0) };
}

/** A full disk is no reason not to start, or not to end: the next process is careful then. */
function note(store: Pick<Store, 'writeMark'>, atMs: number): Promise<void> {
  return unlessUnavailable(
    () => store.writeMark(RUNNING_SINCE, atMs),
    () => undefined,
  );
}
