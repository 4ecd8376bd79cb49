import { type ApiResult, type GitHub, MISSING } from '../../domain/github-api.ts';
import type { GitHubInspection, SeenRepository } from '../../github/inspection.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** A smaller share of a limit than this is low. */
const LITTLE = 0.1;

/** Which repositories and owners to check, and what was found on the way. */
export interface Access {
  readonly findings: readonly Finding[];
  /** Those for which there are credentials. */
  readonly owners: readonly string[];
}

const { ok, warning, failed } = findingsAbout('credentials');

/** Whether GitHub accepts the credentials, and what is left of their rate limits. */
export async function checkCredentials(
  github: Pick<GitHub, 'credentials'>,
  inspection: GitHubInspection,
  hasApp: boolean,
): Promise<Access> {
  const listed = await github.credentials();
  const hint = listed.kind === 'forbidden' ? listed.hint : APP_HINT;
  if (listed.kind !== 'ok')
    return { findings: [failed(`the App does not get in: ${wordsOf(listed)}`, hint)], owners: [] };
  const owners = listed.data.flatMap(({ owner }) => owner ?? []);
  const findings: Finding[] = [];
  if (hasApp && owners.length === 0)
    findings.push(failed('the App is installed nowhere', "install it from the App's page at GitHub"));
  for (const { name, owner } of listed.data) {
    const whose = owner === null ? 'the token' : `the App's installation at ${owner} (${name})`;
    findings.push(judgeLimit(whose, await inspection.limit(owner)));
  }
  return { findings, owners };
}

const APP_HINT = "compare github.app_id and github.app_private_key with the App's page at GitHub";

export function judgeLimit(whose: string, answer: Awaited<ReturnType<GitHubInspection['limit']>>): Finding {
  // Enterprise Server may have no rate limits, so there is nothing to report.
  if (answer.kind === 'missing') return ok(`${whose} is taken; there is no rate limit`);
  if (answer.kind !== 'ok') return failed(`${whose} does not get in: ${wordsOf(answer)}`, hintOf(answer));
  if (answer.data === null) return ok(`${whose} is taken`);
  const { remaining, limit } = answer.data;
  const what = `${whose} is taken; ${remaining} of ${limit} requests are left`;
  return remaining < limit * LITTLE ? warning(what, 'others use it too: give ant-watcher its own') : ok(what);
}

/** Whether all repositories of an owner can be listed. */
export function judgeRepositories(owner: string, answer: ApiResult<SeenRepository>): Finding[] {
  const { warning, failed } = findingsAbout('permissions');
  if (answer.kind === 'missing' || (answer.kind === 'ok' && answer.data.name === null))
    return [warning(`no repository of ${owner} is seen`, SEEN_HINT)];
  if (answer.kind !== 'ok')
    return [failed(`the repositories of ${owner} can't be listed: ${wordsOf(answer)}`, hintOf(answer))];
  const { leftOut } = answer.data;
  return leftOut === null ? [] : [warning(`left out are ${leftOut}`, NAME_HINT)];
}

const SEEN_HINT =
  'is the name right, and the App installed there, or the token given access to its repositories?';
const NAME_HINT =
  'name them in github.repositories, or use a token of that person, or an App that is installed there';

/** Whether we may read what we need: runs and jobs, and runners. */
export async function checkPermissions(
  inspection: GitHubInspection,
  owners: readonly string[],
  repositories: readonly string[],
): Promise<Finding[]> {
  const { ok, warning, failed } = findingsAbout('permissions');
  const findings: Finding[] = [];
  for (const repository of repositories) {
    const runs = await inspection.runs(repository);
    if (runs.kind === 'ok') findings.push(ok(`runs and jobs of ${repository} can be read`));
    else
      findings.push(failed(`runs and jobs of ${repository} can't be read: ${wordsOf(runs)}`, hintOf(runs)));
  }
  for (const owner of owners) {
    const runners = await inspection.runners(owner);
    // Users have no runners of their own.
    if (runners.kind === 'missing') continue;
    if (runners.kind === 'ok') findings.push(ok(`runners of ${owner} can be read`));
    else findings.push(warning(`runners of ${owner} can't be read: ${wordsOf(runners)}`, hintOf(runners)));
  }
  return findings;
}

/** What is read only because somebody named it, so it has to be readable. */
export async function checkNamed(
  inspection: Pick<GitHubInspection, 'enterpriseRunners' | 'bill'>,
  { enterprises, billing }: { readonly enterprises: readonly string[]; readonly billing: readonly string[] },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of enterprises)
    findings.push(
      judgeNamed(`runners of the enterprise ${name}`, await inspection.enterpriseRunners(name), RUNNERS_HINT),
    );
  for (const owner of billing)
    findings.push(judgeNamed(`the bill of ${owner}`, await inspection.bill(owner), BILL_HINT));
  return findings;
}

const RUNNERS_HINT =
  'is the name right, and has github.token the scope manage_runners:enterprise? It must be a classic token: GitHub answers no App and no fine-grained token';
const BILL_HINT =
  'is the name right, and may this login read its bills? An organization needs Administration: read, a person its own token with Plan: read, an enterprise the token of an owner or billing manager';

function judgeNamed(what: string, answer: ApiResult<unknown>, missingHint: string): Finding {
  const { ok, failed } = findingsAbout('permissions');
  if (answer.kind === 'ok') return ok(`${what} can be read`);
  const hint = answer.kind === 'missing' ? missingHint : hintOf(answer);
  return failed(`${what} can't be read: ${wordsOf(answer)}`, hint);
}

/** The obstacle, for people. */
export function wordsOf(answer: Exclude<ApiResult<unknown>, { kind: 'ok' }>): string {
  if (answer.kind === 'forbidden') return answer.message;
  return answer.kind === 'failed' ? answer.reason : MISSING.message;
}

/** What a person can do about it. */
export function hintOf(answer: ApiResult<unknown>): string {
  if (answer.kind === 'forbidden') return answer.hint;
  if (answer.kind === 'failed') return 'try again later';
  return MISSING.hint;
}
