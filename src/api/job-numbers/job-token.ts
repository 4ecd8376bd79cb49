import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../domain/contracts.ts';
import { workflowFile, workflowLabel } from '../../domain/workflow-name.ts';
import type { JobRules } from './job-rules.ts';
import { KeysUnavailable, openKeySet } from './key-set.ts';

/** A job, according to its token from GitHub. */
export interface TokenJob {
  readonly repository: string;
  readonly workflow: string;
  readonly runId: string;
  readonly runAttempt: string;
  /** Not every token contains it. */
  readonly jobId: string | null;
  readonly tokenId: string;
  readonly expiresAtMs: number;
}

export type TokenVerdict =
  | { readonly kind: 'job'; readonly job: TokenJob }
  /** The issuer did not make it for us, or it has expired. */
  | { readonly kind: 'invalid' }
  /** It is valid, but its repository may not push. */
  | { readonly kind: 'forbidden'; readonly repository: string }
  /** The issuer's keys can't be fetched. */
  | { readonly kind: 'unavailable' };

const LEEWAY_SECONDS = 60;
/** GitHub's tokens live for minutes. */
const MAX_AGE_SECONDS = 3600;
const NEEDED = [
  'exp',
  'iat',
  'jti',
  'repository',
  'repository_id',
  'repository_owner_id',
  'run_id',
  'run_attempt',
];

/**
 * Verifies the OpenID Connect tokens that GitHub gives to jobs: signed with RS256 by a key of the issuer,
 * issuer, audience, times, and whether the repository may push, by its ids. Anybody on GitHub can get a token
 * for our audience; only the list of owners and repositories keeps them out. Claims:
 * https://docs.github.com/en/actions/reference/security/oidc. `sub` is not read, because its form varies.
 */
export function createTokenCheck(
  rules: () => JobRules,
  { clock, steady }: { readonly clock: Clock; readonly steady: Clock },
): (token: string) => Promise<TokenVerdict> {
  let keySet: { readonly issuer: string; readonly find: JWTVerifyGetKey } | null = null;

  return async (token) => {
    const { issuer, audience, owners, repositories } = rules();
    if (audience === null) return { kind: 'invalid' };
    const { errors, jwtVerify } = await import('jose');
    if (keySet?.issuer !== issuer)
      keySet = { issuer, find: openKeySet(issuer, steady, () => rules().network) };
    try {
      const { payload } = await jwtVerify(token, keySet.find, {
        issuer,
        audience,
        algorithms: ['RS256'],
        requiredClaims: NEEDED,
        clockTolerance: LEEWAY_SECONDS,
        maxTokenAge: MAX_AGE_SECONDS,
        currentDate: new Date(clock()),
      });
      const job = jobOf(payload);
      if (job === null) return { kind: 'invalid' };
      const { repository_owner_id: owner, repository_id: id } = payload;
      const isAllowed = owners.has(String(owner)) || repositories.has(String(id));
      return isAllowed ? { kind: 'job', job } : { kind: 'forbidden', repository: job.repository };
    } catch (error) {
      if (error instanceof KeysUnavailable) return { kind: 'unavailable' };
      if (error instanceof errors.JOSEError) return { kind: 'invalid' };
      throw error;
    }
  };
}

/** Whether the text has the form of such a token. */
export function looksLikeJobToken(text: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** All of GitHub's claims are strings, ids too. Null if they are not what GitHub sends. */
function jobOf(claims: JWTPayload): TokenJob | null {
  const text = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '');
  const [repository, runId, runAttempt] = [text('repository'), text('run_id'), text('run_attempt')];
  if (repository === '' || !isNumber(runId) || !isNumber(runAttempt)) return null;
  const jobId = text('check_run_id');
  return {
    repository,
    workflow: workflowLabel({
      runName: text('workflow') || null,
      file: workflowFile(pathOf(text('workflow_ref'))),
    }),
    runId,
    runAttempt,
    jobId: isNumber(jobId) ? jobId : null,
    tokenId: String(claims.jti),
    expiresAtMs: Number(claims.exp) * 1000,
  };
}

function isNumber(text: string): boolean {
  return /^\d{1,19}$/.test(text);
}

/** `o/r/.github/workflows/ci.yml@refs/heads/main` → `.github/workflows/ci.yml`. */
function pathOf(workflowRef: string): string {
  return /^[^/]+\/[^/]+\/([^@]+)@/.exec(workflowRef)?.[1] ?? '';
}
