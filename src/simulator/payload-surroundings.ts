import type { Account, Repository } from './model.ts';
import {
  accountObject,
  organizationObject,
  repositoryObject,
  shortRepositoryObject,
} from './payload-repository.ts';

/** The parts that repeat in every payload, as JSON text made once per repository and account. */
export interface Surroundings {
  account(account: Account): string;
  shortRepository(repository: Repository): string;
  /** `,"repository":…,"organization":…,"sender":…,"installation":…}`: the end of every payload. */
  closing(repository: Repository, sender: Account): string;
}

/** The GitHub App that the simulated service is. */
export const INSTALLATION = { id: 23_154_469, node_id: 'MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMjMxNTQ0Njk=' };

export function createSurroundings(): Surroundings {
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
      return `${before},"sender":${account(sender)},"installation":${JSON.stringify(INSTALLATION)}}`;
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
