import type { Kind } from './kinds.ts';
import * as kinds from './kinds.ts';

/**
 * What it takes to bring a change into force. `reload`: SIGHUP or `POST /-/reload`. `reload if set`: so too,
 * but not where it was empty or becomes so.
 */
export type Applies = 'reload' | 'reload if set' | 'restart';

/** One setting. Its environment name, its flag, its documentation and its type follow from this. */
export interface Setting<T> {
  /** As written in the configuration file and in messages: `group.snake_case`. */
  readonly name: string;
  readonly kind: Kind<T>;
  /** As a user would write it; null: not set. */
  readonly default: string | null;
  readonly about: string;
  readonly secret: boolean;
  readonly applies: Applies;
  /** `serve` refuses to start without it, and gives this advice. */
  readonly needed?: string;
}

/** One that everybody may see. */
export function setting<T>(
  name: string,
  kind: Kind<T>,
  byDefault: string,
  about: string,
  applies: Applies = 'restart',
): Setting<T> {
  return { name, kind, default: byDefault, about, secret: false, applies };
}

/** Texts, one a line, that nobody may see. */
export function secret(
  name: string,
  about: string,
  needed?: string,
  kind: Kind<readonly string[]> = kinds.secretLines(),
): Setting<readonly string[]> {
  const entry = { name, kind, default: null, about, secret: true };
  // Where it is needed, its absence is another way to run.
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
