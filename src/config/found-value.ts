import type { ConfigProblem } from './problem.ts';

/** A value as a source contains it, before it is parsed. */
export interface FoundValue {
  /** The name of the setting. */
  readonly name: string;
  readonly texts: readonly string[];
  /** For people: `ANT_WATCHER_API_PORT`, `--api.port`, `config/config.json line 3`. */
  readonly from: string;
}

/** The values of a source of settings. */
export interface Source {
  readonly values: readonly FoundValue[];
  readonly problems: readonly ConfigProblem[];
}
