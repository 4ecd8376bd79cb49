import type { Kind } from './kinds.ts';

/**
 * When a change takes effect. `reload`: on SIGHUP or `POST /-/reload`. `reload if set`: likewise, except when
 * it was empty or becomes empty.
 */
export type Applies = 'reload' | 'reload if set' | 'restart';

/** One setting. Its variable, flag, documentation and type follow from this. */
export interface Setting<T> {
  /** As in the configuration file and in messages: `group.snake_case`; of a field `snake_case`. */
  readonly name: string;
  readonly kind: Kind<T>;
  /** As a user would write it; null if not set. */
  readonly default: string | null;
  readonly about: string;
  /** Nobody may see it. It has no flag, and may be in a file of its own. */
  readonly secret: boolean;
  readonly applies: Applies;
  /** `serve` refuses to start without it, and an item of a list is not valid without it: with this advice. */
  readonly needed?: string;
  /** If it is a list of items: what an item has. */
  readonly fields?: Fields;
}

/** By their names in the code, including units. */
export type Fields = Readonly<Record<string, Setting<unknown>>>;

export type ValueOf<S> = S extends Setting<infer T> ? T : never;

export type ValuesOf<F extends Fields> = { readonly [Key in keyof F]: ValueOf<F[Key]> };

/** A value as a source contains it, before it is parsed. */
export interface FoundValue {
  /** Of a field, with its whole name: `sinks[1].url`. */
  readonly setting: Setting<unknown>;
  readonly texts: readonly string[];
  /** For people: `ANT_WATCHER_API_PORT`, `--api.port`, `config/config.json line 3`. */
  readonly from: string;
  /** The file that a configuration file names for a secret. */
  readonly file?: string;
  /** Of a list with fields: what each item has, by the names of the fields. */
  readonly items?: readonly ReadonlyMap<string, FoundValue>[];
}

/** A setting that everybody may see. */
export function setting<T>(
  name: string,
  kind: Kind<T>,
  byDefault: string,
  about: string,
  applies: Applies = 'reload',
): Setting<T> {
  return { name, kind, default: byDefault, about, secret: false, applies };
}

/** A setting that nobody may see. */
export function secret<T>(name: string, kind: Kind<T>, about: string): Setting<T> {
  return { name, kind, default: null, about, secret: true, applies: 'reload' };
}

/** Of a list with fields. */
export const MAX_ITEMS = 100;

/** A list of items, each with settings of its own. As any of these may be a secret, so is the list. */
export function list<F extends Fields>(
  name: string,
  fields: F,
  about: string,
): Setting<readonly ValuesOf<F>[]> & { readonly fields: F } {
  const all = Object.values(fields);
  const needed = all.flatMap((each) =>
    each.needed === undefined ? [] : [`${each.name}: "${each.kind.example}"`],
  );
  const kind: Kind<readonly ValuesOf<F>[]> = {
    expects: `a list of up to ${MAX_ITEMS} items with the keys ${all.map((each) => each.name).join(', ')}`,
    example: `[{ ${needed.join(', ')} }]`,
    // Its items are read field by field.
    read: (texts) => (texts.length === 0 ? [] : undefined),
  };
  return { name, kind, default: null, about, secret: true, applies: 'reload', fields };
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
