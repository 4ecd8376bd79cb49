import type { Clock, Logger } from '../../domain/contracts.ts';
import type { ApiResult, CredentialRefusal } from '../../domain/github-api.ts';

/** Why something is not allowed: see `forbidden` of `Answer`. */
export interface Denial {
  readonly said: string | null;
  readonly hint: string;
  readonly refusal?: CredentialRefusal;
}

/** The answer to what is not allowed: what it needs, what goes on without it, what else is known, and why. */
export type Forbid = (
  permission: string,
  without: string,
  fields: object,
  denial: Denial,
) => ApiResult<never>;

const AGAIN_AFTER_MS = 86_400_000;

/** Tells people of each permission that is missing, and of each other reason, once a day while it is so. */
export function noticesOf(logger: Logger, clock: Clock): Forbid {
  const loggedAtMs = new Map<string, number>();
  return (permission, without, fields, denial) => {
    const { said, hint } = denial;
    const nowMs = clock();
    const about = `${permission}: ${hint}`;
    if (nowMs - (loggedAtMs.get(about) ?? Number.NEGATIVE_INFINITY) >= AGAIN_AFTER_MS) {
      loggedAtMs.set(about, nowMs);
      logger.warn('GitHub does not let us read something', { permission, without, ...fields, hint });
    }
    const message =
      said === null ? `it needs ${permission}; without it, ${without}` : `GitHub answered ${said}`;
    return { kind: 'forbidden', permission, message, ...denial };
  };
}
