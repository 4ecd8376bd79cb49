import type { Clock, Logger } from '../../domain/contracts.ts';
import type { ApiResult, CredentialRefusal } from '../../domain/github-api.ts';
import { SparingLog } from '../../logger/sparing-log.ts';

/** Why something is not allowed: see `forbidden` of `ApiResult`. */
export interface Denial {
  readonly said: string | null;
  readonly hint: string;
  readonly refusal?: CredentialRefusal;
}

/**
 * The result for what is not allowed: the permission it needs, what works without it, more fields for the
 * log, and why.
 */
export type Forbid = (
  permission: string,
  without: string,
  fields: object,
  denial: Denial,
) => ApiResult<never>;

const AGAIN_AFTER_MS = 86_400_000;

/** Logs each missing permission, and each other reason, once a day while it lasts. */
export function noticesOf(logger: Logger, clock: Clock): Forbid {
  const notices = new SparingLog(
    (fields) => logger.warn('permission_missing', fields),
    AGAIN_AFTER_MS,
    clock,
  );
  return (permission, without, fields, denial) => {
    const { said, hint } = denial;
    notices.log({ permission, without, ...fields, hint }, { key: `${permission}: ${hint}` });
    const message =
      said === null ? `it needs ${permission}; without it, ${without}` : `GitHub answered ${said}`;
    return { kind: 'forbidden', permission, message, ...denial };
  };
}
