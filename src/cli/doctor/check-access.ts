import { type ApiResult, type GitHub, MISSING } from '../../domain/github-api.ts';
import type { GitHubInspection, SeenRepository } from '../../github/inspection.ts';
import { type Finding, findingsAbout } from './finding.ts';
import { NEEDED_ACCESS, type NeededAccess, type Places } from './needed-access.ts';

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

/** Whether we may read what we need, and what settings ask for. */
export async function checkPermissions(inspection: GitHubInspection, places: Places): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const need of NEEDED_ACCESS)
    for (const place of need.places(places))
      findings.push(...judgeAccess(need, place, await need.read(inspection, place)));
  return findings;
}

function judgeAccess(need: NeededAccess, place: string, answer: ApiResult<unknown>): Finding[] {
  const { ok, [need.level]: problem } = findingsAbout('permissions');
  const what = `${need.what} ${place}`;
  if (answer.kind === 'ok') return [ok(`${what} can be read`)];
  const isMissing = answer.kind === 'missing';
  if (isMissing && need.ifMissing === null) return [];
  const hint = (isMissing ? need.ifMissing : null) ?? hintOf(answer);
  const asked = need.setting === null ? '' : `, as ${need.setting} asks for`;
  return [problem(`${what} can't be read${asked}: ${wordsOf(answer)}`, hint)];
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
