import type { Account, Repository } from './model.ts';
import {
  accountObject,
  organizationObject,
  repositoryObject,
  shortRepositoryObject,
} from './payload-repository.ts';

/** The parts that repeat in every payload, as JSON text made once per repository and account. */
export interface PayloadContext {
  account(account: Account): string;
  shortRepository(repository: Repository): string;
  /** `,"repository":…,"organization":…,"sender":…,"installation":…}`: the end of every payload. */
  closing(repository: Repository, sender: Account): string;
}

/** The installation of the simulated GitHub App on an account: each account has its own. */
export function installationOf(owner: Account): { readonly id: number; readonly node_id: string } {
  const id = owner.type === 'Organization' ? 23_154_469 : 23_000_000 + (owner.id % 100_000);
  return { id, node_id: Buffer.from(`023:IntegrationInstallation${id}`).toString('base64') };
}

export function createPayloadContext(): PayloadContext {
  const accounts = new Map<string, string>();
  const shortRepositories = new Map<string, string>();
  const repositories = new Map<string, string>();
  const account = (each: Account) => once(accounts, each.login, () => JSON.stringify(accountObject(each)));
  return {
    account,
    shortRepository: (each) =>
      once(shortRepositories, each.fullName, () => JSON.stringify(shortRepositoryObject(each))),
    closing(repository, sender) {
      const before = once(repositories, repository.fullName, () => {
        const { owner } = repository;
        const text = `,"repository":${JSON.stringify(repositoryObject(repository))}`;
        if (owner.type !== 'Organization') return text;
        return `${text},"organization":${JSON.stringify(organizationObject(owner))}`;
      });
      const installation = JSON.stringify(installationOf(repository.owner));
      return `${before},"sender":${account(sender)},"installation":${installation}}`;
    },
  };
}

function once(made: Map<string, string>, key: string, make: () => string): string {
  const known = made.get(key);
  if (known !== undefined) return known;
  const text = make();
  made.set(key, text);
  return text;
}
