import type { ListedRun } from '../domain/github-history.ts';
import { type ListingOptions, type ListingPass, listRepository } from './listing.ts';
import { eachOnce, listingOf, type PollingOptions, type Watch } from './watch.ts';

/*
 * The newest runs of a repository, while a long pass reads what is older.
 */

const GLANCE_MS = 3_600_000;
/** What is left out is counted by the pass that sees all of it. */
const UNCOUNTED = { add: () => {} };

/**
 * Reads what ran lately in a repository whose last day has not been read yet, so that all repositories show something
 * before the whole day of the first ones is read. The poll that follows finds everything else.
 */
export async function glance(watch: Watch, options: PollingOptions): Promise<void> {
  if (watch.isGlanced) return;
  watch.isGlanced = true;
  const sinceMs = options.clock() - GLANCE_MS;
  const listing = { ...listingOf(watch, options), meter: UNCOUNTED, priority: 'first_read' } as const;
  const { unsettled } = await listRepository({ ...listing, sinceMs });
  watch.unsettled = eachOnce([...watch.unsettled, ...unsettled]);
}

/**
 * Reads the newest runs now and then while a long pass goes back in time, so that numbers don't stand still. What it
 * finds is read again if that pass is interrupted: only the pass moves the checkpoint.
 */
export function followNewest(
  watch: Watch,
  limits: Pick<ListingOptions, 'sinceMs' | 'createdSinceMs' | 'priority'>,
  options: PollingOptions,
): { read(): Promise<void>; unsettled(): readonly ListedRun[] } {
  const { steady, intervalMs } = options;
  let readAtMs = steady();
  let last: ListingPass | null = null;
  return {
    async read() {
      if (steady() - readAtMs < intervalMs) return;
      const unsettled = last?.unsettled ?? [];
      last = await listRepository({ ...listingOf(watch, options), meter: UNCOUNTED, ...limits, unsettled });
      readAtMs = steady();
    },
    unsettled: () => last?.unsettled ?? [],
  };
}
