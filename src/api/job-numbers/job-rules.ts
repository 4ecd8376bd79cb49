import type { Network } from '../../outbound/network.ts';

/** Which jobs may push numbers with a token from GitHub. Immutable: new settings make new rules. */
export interface JobRules {
  readonly issuer: string;
  /** How the issuer is reached. */
  readonly network: Network;
  /** Null if such tokens are not accepted. */
  readonly audience: string | null;
  /** Ids of accounts all of whose repositories may push. */
  readonly owners: ReadonlySet<string>;
  /** Ids of repositories that may push. */
  readonly repositories: ReadonlySet<string>;
}

export interface JobRuleSettings {
  readonly oidcIssuer: string;
  /** Empty if such tokens are not accepted. */
  readonly oidcAudience: string;
  readonly allowedOwners: readonly string[];
  readonly allowedRepositories: readonly string[];
}

/** Turns the settings into rules. */
export function jobRules(settings: JobRuleSettings, network: Network): JobRules {
  const { oidcIssuer, oidcAudience, allowedOwners, allowedRepositories } = settings;
  return {
    issuer: oidcIssuer,
    network,
    audience: oidcAudience === '' ? null : oidcAudience,
    owners: new Set(allowedOwners),
    repositories: new Set(allowedRepositories),
  };
}
