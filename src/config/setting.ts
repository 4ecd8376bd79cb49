import type { Kind } from './kinds.ts';
import * as kinds from './kinds.ts';

/** One setting. Its environment name, its flag, its documentation and its type follow from this. */
export interface Setting<T> {
  /** As written in the configuration file and in messages: `group.snake_case`. */
  readonly name: string;
  readonly kind: Kind<T>;
  /** As a user would write it; null: not set. */
  readonly default: string | null;
  readonly about: string;
  readonly secret: boolean;
  /** `serve` refuses to start without it, and gives this advice. */
  readonly needed?: string;
}

/** One that everybody may see. */
export function setting<T>(name: string, kind: Kind<T>, byDefault: string, about: string): Setting<T> {
  return { name, kind, default: byDefault, about, secret: false };
}

/** Texts, one a line, that nobody may see. */
export function secret(name: string, about: string, needed?: string): Setting<readonly string[]> {
  const entry = { name, kind: kinds.secretLines(), default: null, about, secret: true };
  return needed === undefined ? entry : { ...entry, needed };
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
