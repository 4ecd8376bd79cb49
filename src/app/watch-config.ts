import type { ConfigFiles } from '../config/config-files.ts';
import type { Reload, ReloadOutcome } from '../domain/reload.ts';
import { type Repetition, repeat } from '../timing/repeat.ts';
import type { Sleep } from '../timing/sleep.ts';
import type { AppRules } from './rules.ts';

export interface WatchConfigOptions {
  /** Those that apply now. */
  readonly rules: () => Pick<AppRules, 'configWatchMs'>;
  readonly reload: Reload;
  readonly sleep?: Sleep;
}

/** How often to ask whether to look at all: a reload may turn it on. */
const OFF_FOR_MS = 10_000;

/**
 * Reloads when a file of the configuration has changed. It compares what is in the files, because a file watcher misses
 * those that are swapped by links, as Kubernetes does. A change counts once two looks see the same, so that a file that
 * is being written is not read. Each change is reloaded once, also one that is refused; again while the store is
 * unavailable.
 */
export function watchConfig(
  files: Pick<ConfigFiles, 'changes'>,
  { rules, reload, sleep }: WatchConfigOptions,
): Repetition {
  let seen: string | null = null;
  let judged: string | null = null;
  let isOwed = false;
  const waitMs = () => rules().configWatchMs || OFF_FOR_MS;

  async function look(): Promise<number> {
    if (rules().configWatchMs === 0) return waitMs();
    const changes = await files.changes();
    const isNew = changes === seen && changes !== judged;
    seen = changes;
    if (isNew) judged = changes;
    if (isOwed || (isNew && changes !== null)) isOwed = (await outcomeOf(reload)) === 'unavailable';
    return waitMs();
  }

  return repeat(look, { firstAfterMs: waitMs(), sleep });
}

/** A bug is reported by whoever reloads. */
async function outcomeOf(reload: Reload): Promise<ReloadOutcome['kind'] | null> {
  try {
    return (await reload()).kind;
  } catch {
    return null;
  }
}
