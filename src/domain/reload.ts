/*
 * Reading the configuration again while the service runs: what the API asks, and what is answered.
 */

/** Something wrong with the new configuration. No part of it ever holds a secret. */
export interface ReloadProblem {
  /** The setting's name, where the problem is one of a known setting. */
  readonly setting?: string;
  /** The variable, flag, or file and line that has the problem. */
  readonly where: string;
  readonly what: string;
  readonly hint: string;
}

export type ReloadOutcome =
  /** The names of the settings that changed, and of those that keep their old value until a restart. */
  | {
      readonly kind: 'applied';
      readonly applied: readonly string[];
      readonly needsRestart: readonly string[];
    }
  /** The new configuration is wrong; nothing has changed. */
  | { readonly kind: 'refused'; readonly problems: readonly ReloadProblem[] }
  /** It can't be done now; nothing has changed. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * Reads the configuration again and puts in force what can change. Rejects on a bug, which ends the process.
 */
export type Reload = () => Promise<ReloadOutcome>;
