import type { Kind } from './kinds.ts';
import * as kinds from './kinds.ts';

/**
 * When a change takes effect. `reload`: on SIGHUP or `POST /-/reload`. `reload if set`: likewise, except when
 * it was empty or becomes empty.
 */
export type Applies = 'reload' | 'reload if set' | 'restart';

/** One setting. Its variable, flag, documentation and type follow from this. */
export interface Setting<T> {
  /** As in the configuration file and in messages: `group.snake_case`. */
  readonly name: string;
  readonly kind: Kind<T>;
  /** As a user would write it; null if not set. */
  readonly default: string | null;
  readonly about: string;
  readonly secret: boolean;
  readonly applies: Applies;
  /** `serve` refuses to start without it, with this advice. */
  readonly needed?: string;
}

/** A setting that everybody may see. */
export function setting<T>(
  name: string,
  kind: Kind<T>,
  byDefault: string,
  about: string,
  applies: Applies = 'restart',
): Setting<T> {
  return { name, kind, default: byDefault, about, secret: false, applies };
}

/** Texts that nobody may see, one per line. */
export function secret(
  name: string,
  about: string,
  needed?: string,
  kind: Kind<readonly string[]> = kinds.secretLines(),
): Setting<readonly string[]> {
  const entry = { name, kind, default: null, about, secret: true };
  // If it is required, its absence means another way to run.
  return needed === undefined
    ? { ...entry, applies: 'reload' }
    : { ...entry, applies: 'reload if set', needed };
}

export const ENVIRONMENT_PREFIX = 'ANT_WATCHER_';

/** `webhook.body_limit` → `ANT_WATCHER_WEBHOOK_BODY_LIMIT`. */
export function environmentNameOf(name: string): string {
  return ENVIRONMENT_PREFIX + name.replaceAll('.', '_').toUpperCase();
}

/** `webhook.body_limit` → `--webhook.body-limit`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`;
}
