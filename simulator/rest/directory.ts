import type { Account, Repository } from '../model.ts';
import { installationOf } from '../payload-context.ts';
import type { Population } from '../population.ts';

/** The App's installation on an account. */
export interface Installation {
  readonly id: number;
  readonly account: Account;
}

/** The accounts, repositories and installations by name. Names ignore case, as at GitHub. */
export interface Directory {
  readonly repositories: readonly Repository[];
  readonly installations: readonly Installation[];
  repository(owner: string | undefined, name: string | undefined): Repository | undefined;
  account(login: string | undefined): Account | undefined;
  repositoriesOf(account: Account): Repository[];
}

/** @param hidden Full names of repositories that are not visible; may change. */
export function createDirectory(population: Population, hidden: ReadonlySet<string>): Directory {
  const { repositories, people, organization } = population;
  const accounts = [organization, ...people];
  const owners = accounts.filter((account) => repositories.some((each) => each.owner.id === account.id));
  const visible = () => repositories.filter((each) => !hidden.has(each.fullName));
  return {
    get repositories() {
      return visible();
    },
    installations: owners.map((account) => ({ id: installationOf(account).id, account })),
    repository(owner, name) {
      const fullName = `${owner}/${name}`.toLowerCase();
      return visible().find((each) => each.fullName.toLowerCase() === fullName);
    },
    account: (login) => accounts.find((each) => each.login.toLowerCase() === login?.toLowerCase()),
    repositoriesOf: (account) => visible().filter((each) => each.owner.id === account.id),
  };
}
