import { createBasicCheck, createBearerCheck } from '../http/credentials.ts';

/** What can be opened to everybody: `/metrics`, what the API reads, and the page. */
export type Area = 'metrics' | 'read' | 'page';

/** Who may do what; never changed, only replaced. */
export interface AccessRules {
  /** Nobody can log in, and nobody has to. */
  readonly isOpen: boolean;
  readonly hasUsers: boolean;
  readonly publicAreas: ReadonlySet<Area>;
  /** Whether the `Authorization` header has a token; it may change things. */
  hasToken(authorization: string | undefined): boolean;
  /** Whether the `Authorization` header has a user and the password; it may read. */
  hasUser(authorization: string | undefined): boolean;
}

export interface AccessSettings {
  /** Bearer tokens. */
  readonly tokens: readonly string[];
  /** Each `user:password`. */
  readonly basicAuths: readonly string[];
  /** What needs no login. */
  readonly public: readonly Area[];
}

/** The rules that follow from the settings. */
export function accessRules({ tokens, basicAuths, public: areas }: AccessSettings): AccessRules {
  return {
    isOpen: tokens.length === 0 && basicAuths.length === 0,
    hasUsers: basicAuths.length > 0,
    publicAreas: new Set(areas),
    hasToken: createBearerCheck(tokens),
    hasUser: createBasicCheck(basicAuths),
  };
}
