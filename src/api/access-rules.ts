import { createBearerCheck } from '../middleware/bearer.ts';

/** Who may do what; never changed, only replaced. */
export interface AccessRules {
  /** Nobody can log in, and nobody has to. */
  readonly isOpen: boolean;
  /** Whether the `Authorization` header has a token. */
  hasToken(authorization: string | undefined): boolean;
}

export interface AccessSettings {
  /** Bearer tokens; with none, everybody who can connect may read. */
  readonly tokens: readonly string[];
}

/** The rules that follow from the settings. */
export function accessRules({ tokens }: AccessSettings): AccessRules {
  return { isOpen: tokens.length === 0, hasToken: createBearerCheck(tokens) };
}
