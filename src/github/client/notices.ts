import type { Logger } from '../../domain/contracts.ts';
import type { Answer } from '../../domain/github-api.ts';

/** The answer to what is not allowed: what it needs, what goes on without it, and what else is known. */
export type Forbid = (permission: string, without: string, fields: object) => Answer<never>;

/** Tells people of each permission that is missing, once. */
export function noticesOf(logger: Logger): Forbid {
  const told = new Set<string>();
  return (permission, without, fields) => {
    if (!told.has(permission)) {
      told.add(permission);
      logger.warn('GitHub does not let us read something', { permission, without, ...fields });
    }
    return { kind: 'forbidden', permission, message: `it needs ${permission}; without it, ${without}` };
  };
}
