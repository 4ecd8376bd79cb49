import { verify } from 'node:crypto';
import type { Clock } from '../../src/domain/contracts.ts';
import type { Account } from '../model.ts';
import { createRandom } from '../random.ts';
import type { Installation } from './directory.ts';
import { type ApiResponse, refuse } from './response.ts';

/** The App that the simulated service is. */
export interface AppIdentity {
  readonly id: number;
  readonly clientId: string;
  /** PEM. */
  readonly publicKey: string;
}

/** Names of permissions, as `GET /app/installations` lists them, with `read` or `write`. */
export type Permissions = Readonly<Record<string, string>>;

/** The sender of a request. */
export type Caller =
  | { readonly kind: 'anonymous' | 'app' }
  | { readonly kind: 'personal'; readonly isOf: (account: Account) => boolean }
  | { readonly kind: 'installation'; readonly token: InstallationToken };

export interface InstallationToken {
  readonly text: string;
  readonly installation: Installation;
  readonly expiresMs: number;
  readonly permissions: Permissions;
  /** Null: everything in the installation. */
  readonly repositoryIds: readonly number[] | null;
}

export interface Credentials {
  /** The sender with this `Authorization` header, or why it is rejected. */
  callerOf(authorization: string | undefined): Caller | ApiResponse;
  issue(
    installation: Installation,
    permissions: Permissions,
    repositoryIds: readonly number[] | null,
  ): InstallationToken;
}

export interface CredentialOptions {
  readonly seed: string;
  readonly clock: Clock;
  readonly personalTokens: readonly string[];
  /** The login of their owner. */
  readonly tokenOwner: Account;
  readonly app: AppIdentity | undefined;
  /**
   * After so long an installation token is refused, although it claims to be valid for an hour, as if it
   * were revoked; by default an hour.
   */
  readonly tokenLifeMs?: number | undefined;
}

/**
 * Installation tokens are valid for an hour, JWTs for ten minutes at most, with so much clock
 * drift.
 */
const TOKEN_LIFE_MS = 3_600_000;
const MAX_JWT_S = 600;
const DRIFT_S = 60;

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app */
export function createCredentials(options: CredentialOptions): Credentials {
  const { seed, clock, personalTokens, tokenOwner, app, tokenLifeMs = TOKEN_LIFE_MS } = options;
  const isOf = ({ id }: Account) => id === tokenOwner.id;
  const random = createRandom(`${seed}/tokens`);
  const issued = new Map<string, { readonly token: InstallationToken; readonly endsMs: number }>();
  const badCredentials = () => refuse(401, 'Bad credentials');
  return {
    callerOf(authorization) {
      if (authorization === undefined) return { kind: 'anonymous' };
      const text = /^(?:bearer|token) +(\S+)$/i.exec(authorization)?.[1];
      if (text === undefined) return badCredentials();
      if (text.split('.').length === 3) return readJwt(text, app, clock);
      if (personalTokens.includes(text)) return { kind: 'personal', isOf };
      const known = issued.get(text);
      if (known === undefined || known.endsMs <= clock()) return badCredentials();
      return { kind: 'installation', token: known.token };
    },
    issue(installation, permissions, repositoryIds) {
      const expiresMs = Math.floor(clock() / 1000) * 1000 + TOKEN_LIFE_MS;
      const token = { text: `ghs_${random.hex(36)}`, installation, expiresMs, permissions, repositoryIds };
      issued.set(token.text, { token, endsMs: Math.min(expiresMs, clock() + tokenLifeMs) });
      return token;
    },
  };
}

function readJwt(jwt: string, app: AppIdentity | undefined, clock: Clock): Caller | ApiResponse {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const { iss, iat, exp } = parsePart(claims);
  const signed = Buffer.from(`${header}.${claims}`);
  const isGenuine =
    app !== undefined && verify('RSA-SHA256', signed, app.publicKey, Buffer.from(signature, 'base64url'));
  if (!isGenuine) return refuse(401, 'A JSON web token could not be decoded');
  const fault = faultOfTimes(iat, exp, clock() / 1000);
  if (fault !== undefined) return refuse(401, fault);
  if (String(iss) !== String(app.id) && iss !== app.clientId) return refuse(404, 'Integration not found');
  return { kind: 'app' };
}

/** In GitHub's words, by which @octokit/auth-app recognises a wrong clock. */
function faultOfTimes(iat: unknown, exp: unknown, nowS: number): string | undefined {
  if (typeof exp !== 'number' || exp <= nowS) {
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  }
  if (typeof iat !== 'number' || iat > nowS + DRIFT_S) {
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  }
  const isTooLong = exp > nowS + MAX_JWT_S + DRIFT_S;
  return isTooLong ? "'Expiration time' claim ('exp') is too far in the future" : undefined;
}

function parsePart(part: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
