/*
 * Reading the configuration again while the service runs: the API's request, and the result.
 */

/** Something wrong with the new configuration. No part of it ever contains a secret. */
export interface ReloadProblem {
  /** The name of the setting, if the problem concerns a known one. */
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
  /** The new configuration is invalid; nothing has changed. */
  | { readonly kind: 'refused'; readonly problems: readonly ReloadProblem[] }
  /** A reload is not possible now; nothing has changed. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Reads the configuration again and applies what can change. Rejects on a bug, which ends the process. */
export type Reload = () => Promise<ReloadOutcome>;
