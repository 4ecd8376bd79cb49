import type { Problem } from './problem.ts';

/** A value as a source spells it, before it is read. */
export interface FoundValue {
  /** The setting's name. */
  readonly name: string;
  readonly texts: readonly string[];
  /** For people: `ANT_WATCHER_API_PORT`, `--api.port`, `config/config.json line 3`. */
  readonly from: string;
}

/** What a source of settings holds. */
export interface Source {
  readonly values: readonly FoundValue[];
  readonly problems: readonly Problem[];
}
