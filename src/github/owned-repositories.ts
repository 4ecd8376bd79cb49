import type { ApiResult, GetOptions, GitHub } from '../domain/github-api.ts';
import type { OwnedRepositories } from '../domain/github-history.ts';
import { listed, mapped, ok } from './answers.ts';
import { type Json, objectOf, textOf } from './fields.ts';
import { isObject, isRepository } from './shapes.ts';

/*
 * The repositories of an account. For an organization, all are listed that the credential may read. For a
 * person, `/users/NAME/repos` lists only public ones, whoever asks; private ones are only in the list of the
 * token's own account
 * (https://docs.github.com/rest/repos/repos#list-repositories-for-the-authenticated-user).
 */

const PAGE = { per_page: 100 };
/** A hundred thousand. */
const LIMIT = { pages: 1000 };
/** How lists of repositories are read. */
const NAMES = {
  isEntry: isRepository,
  pick: ({ full_name: name }: Json) => [textOf(name) ?? []].flat(),
};
const OF_USER = '/users/{username}/repos';

/** @param isInstalled Whether the App is installed there. */
export async function readOwned(
  github: Pick<GitHub, 'get' | 'pages'>,
  owner: string,
  isInstalled: boolean,
): Promise<ApiResult<OwnedRepositories>> {
  const options: GetOptions = { owner, priority: 'recovery', params: PAGE, conditional: true, limit: LIMIT };
  if (isInstalled) {
    const installed = await listed(github, '/installation/repositories', options, {
      ...NAMES,
      member: 'repositories',
    });
    return mapped(installed, (names) => ({ names, leftOut: null }));
  }
  const ofOrganization = await listed(github, '/orgs/{org}/repos', options, NAMES);
  if (ofOrganization.kind !== 'missing') return mapped(ofOrganization, (names) => ({ names, leftOut: null }));
  const params = { ...PAGE, username: owner };
  const visible = await listed(github, OF_USER, { ...options, params }, NAMES);
  if (visible.kind !== 'ok') return visible;
  const own = await ofToken(github, owner);
  if (own.kind === 'failed') return own;
  const names = [...visible.data, ...(own.kind === 'ok' ? own.data.names : [])];
  const leftOut = own.kind === 'ok' ? own.data.leftOut : leftOutOf(owner, null);
  return ok({ names: [...new Set(names)], leftOut });
}

/** The repositories of that owner that the token's account owns or was invited to. */
async function ofToken(
  github: Pick<GitHub, 'get' | 'pages'>,
  owner: string,
): Promise<ApiResult<OwnedRepositories>> {
  const shared: GetOptions = { owner: null, priority: 'recovery', conditional: true, limit: LIMIT };
  const user = await github.get('/user', { ...shared, isReadable: isObject });
  if (user.kind !== 'ok') return user;
  const params = { ...PAGE, affiliation: 'owner,collaborator' };
  const all = await listed(github, '/user/repos', { ...shared, params }, NAMES);
  const login = textOf(objectOf(user.data)?.['login']);
  return mapped(all, (names) => ({
    names: names.filter((name) => isSame(name.split('/')[0] ?? '', owner)),
    leftOut: login !== null && isSame(login, owner) ? null : leftOutOf(owner, login),
  }));
}

function leftOutOf(owner: string, login: string | null): string {
  const shown = login === null ? 'public ones' : `public ones and those that ${login} was invited to`;
  return `private repositories of ${owner}: ${owner} is a person, whose ${shown} are listed`;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
