import type { Network } from '../../outbound/network.ts';

/** Which jobs may hand in numbers with a token of GitHub's; never changed, only replaced. */
export interface JobRules {
  readonly issuer: string;
  /** How the issuer is reached. */
  readonly network: Network;
  /** Null: such tokens are not taken. */
  readonly audience: string | null;
  /** Ids of accounts all of whose repositories may. */
  readonly owners: ReadonlySet<string>;
  /** Ids of repositories that may. */
  readonly repositories: ReadonlySet<string>;
}

export interface JobRuleSettings {
  readonly oidcIssuer: string;
  /** Empty: such tokens are not taken. */
  readonly oidcAudience: string;
  readonly allowedOwners: readonly string[];
  readonly allowedRepositories: readonly string[];
}

/** The rules that follow from the settings. */
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
