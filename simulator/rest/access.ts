import type { Account, Repository } from '../model.ts';
import type { Caller } from './caller.ts';
import type { Directory } from './directory.ts';
import type { Access } from './endpoint.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, refuse } from './response.ts';

/** What anybody may read in a public repository. */
const PUBLIC = ['metadata', 'actions', 'checks'];

/** Whether the caller can see that the repository exists. */
export function sees(caller: Caller, repository: Repository): boolean {
  if (!repository.private || isInstalledOn(caller, repository)) return true;
  return (
    caller.kind === 'personal' && (repository.owner.type === 'Organization' || caller.isOf(repository.owner))
  );
}

/** Why the caller may not do this; undefined if it may. */
export function refusalOf(
  access: Access,
  { caller, path }: Pick<ApiRequest, 'caller' | 'path'>,
  directory: Directory,
  withdrawn: ReadonlySet<string>,
): ApiResponse | undefined {
  switch (access.to) {
    case 'anyone':
      return undefined;
    case 'app':
      return caller.kind === 'app' ? undefined : refuse(401, 'A JSON web token could not be decoded');
    case 'installation':
      return caller.kind === 'installation' ? undefined : noInstallation(caller);
    case 'person':
      return caller.kind === 'personal' ? undefined : noPerson(caller);
    case 'repository': {
      const repository = directory.repository(path.owner, path.repo);
      if (repository === undefined || !sees(caller, repository)) return notFound();
      const isOpen = !repository.private && PUBLIC.includes(access.permission);
      return refusalOfPermission(
        access.permission,
        caller,
        isInstalledOn(caller, repository),
        isOpen,
        withdrawn,
      );
    }
    case 'organization': {
      const account = directory.account(path.org);
      if (account?.type !== 'Organization') return notFound();
      const isOpen = access.permission === 'metadata';
      return refusalOfPermission(access.permission, caller, isOn(caller, account), isOpen, withdrawn);
    }
    case 'user': {
      const account = directory.account(path.username);
      if (account?.type !== 'User' || (caller.kind === 'personal' && !caller.isOf(account)))
        return notFound();
      return refusalOfPermission(access.permission, caller, isOn(caller, account), false, withdrawn);
    }
    case 'enterprise':
      // Only classic tokens may, and GitHub hides what they lack a scope for.
      if (caller.kind === 'personal') return withdrawn.has(access.permission) ? notFound() : undefined;
      return refusalOfPermission(access.permission, caller, false, false, withdrawn);
  }
}

function noInstallation(caller: Caller): ApiResponse {
  if (caller.kind === 'anonymous') return refuse(401, 'Requires authentication');
  const purpose = 'in order to list repositories for an installation.';
  return refuse(403, `You must authenticate with an installation access token ${purpose}`);
}

function noPerson(caller: Caller): ApiResponse {
  if (caller.kind === 'anonymous') return refuse(401, 'Requires authentication');
  return refuse(403, 'Resource not accessible by integration');
}

function refusalOfPermission(
  permission: string,
  caller: Caller,
  isInstalled: boolean,
  isOpen: boolean,
  withdrawn: ReadonlySet<string>,
): ApiResponse | undefined {
  switch (caller.kind) {
    case 'anonymous':
      return isOpen ? undefined : refuse(401, 'Requires authentication');
    case 'personal':
      if (!withdrawn.has(permission)) return undefined;
      return refuse(403, 'Resource not accessible by personal access token');
    case 'app':
      return refuse(403, 'Resource not accessible by integration');
    case 'installation': {
      const isGranted = permission in caller.token.permissions && !withdrawn.has(permission);
      if ((isInstalled && isGranted) || (isOpen && permission === 'metadata')) return undefined;
      return refuse(403, 'Resource not accessible by integration');
    }
  }
}

function isInstalledOn(caller: Caller, repository: Repository): boolean {
  if (!isOn(caller, repository.owner) || caller.kind !== 'installation') return false;
  const { repositoryIds } = caller.token;
  return repositoryIds === null || repositoryIds.includes(repository.id);
}

function isOn(caller: Caller, account: Account): boolean {
  return caller.kind === 'installation' && caller.token.installation.account.id === account.id;
}
