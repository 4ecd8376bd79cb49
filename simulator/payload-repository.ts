import type { Account, Repository } from './model.ts';

const API = 'https://api.github.com';

/** An account as `sender`, `owner` and `actor` show it. */
export function accountObject(account: Account): object {
  const url = `${API}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: Buffer.from(`04:${account.type}${account.id}`).toString('base64'),
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    gravatar_id: '',
    url,
    html_url: pageOf(account),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** The page of a bot is that of the App behind it. */
function pageOf({ login, type }: Account): string {
  return `https://github.com/${type === 'Bot' ? `apps/${login.replace('[bot]', '')}` : login}`;
}

/** The `organization` beside a repository that belongs to one. */
export function organizationObject(account: Account): object {
  const url = `${API}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: Buffer.from(`012:Organization${account.id}`).toString('base64'),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    description: 'Light, as a service',
  };
}

/** The paths under a repository's API address, by the name of the member that holds the address. */
const REPOSITORY_URLS: Readonly<Record<string, string>> = {
  forks_url: '/forks',
  keys_url: '/keys{/key_id}',
  collaborators_url: '/collaborators{/collaborator}',
  teams_url: '/teams',
  hooks_url: '/hooks',
  issue_events_url: '/issues/events{/number}',
  events_url: '/events',
  assignees_url: '/assignees{/user}',
  branches_url: '/branches{/branch}',
  tags_url: '/tags',
  blobs_url: '/git/blobs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  git_refs_url: '/git/refs{/sha}',
  trees_url: '/git/trees{/sha}',
  statuses_url: '/statuses/{sha}',
  languages_url: '/languages',
  stargazers_url: '/stargazers',
  contributors_url: '/contributors',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  commits_url: '/commits{/sha}',
  git_commits_url: '/git/commits{/sha}',
  comments_url: '/comments{/number}',
  issue_comment_url: '/issues/comments{/number}',
  contents_url: '/contents/{+path}',
  compare_url: '/compare/{base}...{head}',
  merges_url: '/merges',
  archive_url: '/{archive_format}{/ref}',
  downloads_url: '/downloads',
  issues_url: '/issues{/number}',
  pulls_url: '/pulls{/number}',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  labels_url: '/labels{/name}',
  releases_url: '/releases{/id}',
  deployments_url: '/deployments',
};

/** A repository as it stands inside of a run. */
export function shortRepositoryObject(repository: Repository): object {
  const url = repositoryUrl(repository);
  return {
    id: repository.id,
    node_id: `R_kgDO${Buffer.from(String(repository.id)).toString('base64url').slice(0, 6)}`,
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    owner: accountObject(repository.owner),
    html_url: `https://github.com/${repository.fullName}`,
    description: repository.description,
    fork: repository.fork,
    url,
    ...Object.fromEntries(Object.entries(REPOSITORY_URLS).map(([name, path]) => [name, url + path])),
  };
}

/** A repository as it stands at the top of every payload. */
export function repositoryObject(repository: Repository): object {
  const { fullName } = repository;
  return {
    ...shortRepositoryObject(repository),
    created_at: '2023-01-20T18:23:59Z',
    updated_at: '2026-10-02T06:01:17Z',
    pushed_at: '2026-10-02T06:01:14Z',
    git_url: `git://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    clone_url: `https://github.com/${fullName}.git`,
    svn_url: `https://github.com/${fullName}`,
    homepage: null,
    size: 48_211,
    stargazers_count: 12,
    watchers_count: 12,
    language: repository.language,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 3,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: 41,
    license: licenseOf(repository),
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: ['continuous-integration', repository.language.toLowerCase()],
    visibility: repository.private ? 'private' : 'public',
    forks: 3,
    open_issues: 41,
    watchers: 12,
    default_branch: repository.defaultBranch,
    custom_properties: repository.properties,
  };
}

export function repositoryUrl(repository: Repository): string {
  return `${API}/repos/${repository.fullName}`;
}

function licenseOf(repository: Repository): object | null {
  if (repository.private) return null;
  const key = 'apache-2.0';
  return {
    key,
    name: 'Apache License 2.0',
    spdx_id: 'Apache-2.0',
    url: `${API}/licenses/${key}`,
    node_id: 'MDc6TGljZW5zZTI=',
  };
}
