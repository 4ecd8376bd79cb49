import type { Clock, Logger } from '../../domain/contracts.ts';
import type { Answer, Refusal } from '../../domain/github-api.ts';

/** The answer to what is not allowed: what it needs, what goes on without it, what else is known, and whether the credential itself is refused. */
export type Forbid = (
  permission: string,
  without: string,
  fields: object,
  refusal?: Refusal,
) => Answer<never>;

const AGAIN_AFTER_MS = 86_400_000;

/** Tells people of each permission that is missing, once a day while it is. */
export function noticesOf(logger: Logger, clock: Clock): Forbid {
  const toldAtMs = new Map<string, number>();
  return (permission, without, fields, refusal) => {
    const nowMs = clock();
    if (nowMs - (toldAtMs.get(permission) ?? Number.NEGATIVE_INFINITY) >= AGAIN_AFTER_MS) {
      toldAtMs.set(permission, nowMs);
      logger.warn('GitHub does not let us read something', { permission, without, ...fields });
    }
    if (refusal !== undefined)
      return { kind: 'forbidden', permission, message: `GitHub answered ${refusal.said}`, refusal };
    return { kind: 'forbidden', permission, message: `it needs ${permission}; without it, ${without}` };
  };
}
