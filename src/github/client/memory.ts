import type { Budget } from './budget.ts';
import { ConditionalCache } from './conditional-cache.ts';

/** What outlives a client: the next one for the same login continues with it. */
export interface GitHubMemory {
  /** The rate limits of each credential, by its name. */
  readonly budgets: Map<string, Budget>;
  readonly cache: ConditionalCache;
}

const CACHE_BYTES = 16 * 1024 ** 2;

/** Empty. */
export function openGitHubMemory(cacheBytes = CACHE_BYTES): GitHubMemory {
  return { budgets: new Map(), cache: new ConditionalCache(cacheBytes) };
}
