import type { KeyObject } from 'node:crypto';
import type { ApiResult, CredentialRefusal } from '../../domain/github-api.ts';
import type { ResponseHeaders } from '../../outbound/exchange.ts';
import { signAppJwt } from './jwt.ts';
import type { Permission } from './permissions.ts';
import type { ServerClock } from './response-headers.ts';

/** The value of the `Authorization` header, or why there is none. */
export type Authorization = { readonly header: string } | { readonly answer: ApiResult<never> };

/** A way to log in. */
export interface Credential {
  /** For budgets, metrics and logs: not secret, and stable as long as the quota is the same. */
  readonly name: string;
  /** What is needed when GitHub does not accept it. */
  readonly needs: string;
  /** What a person can do about it. */
  readonly remedy: string;
  authorize(): Promise<Authorization>;
  /** GitHub refused `header`. Returns whether to try with a new one. */
  renew(header: string): boolean;
  /** Whether it is known to lack this permission, also by the headers of an answer. */
  lacks(permission: Permission, headers: ResponseHeaders): boolean;
}

/** A personal access token. */
export class TokenCredential implements Credential {
  readonly name = 'token';
  readonly needs = 'a valid github.token';
  readonly remedy = 'renew github.token';
  readonly #header: string;

  constructor(token: string) {
    this.#header = `Bearer ${token}`;
  }

  async authorize(): Promise<Authorization> {
    return { header: this.#header };
  }

  renew(): boolean {
    return false;
  }

  /**
   * For classic tokens, answers name the scopes that the route accepts, including those that imply it, and
   * those that the token has
   * (https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps). For other tokens
   * they don't.
   */
  lacks(_permission: Permission, headers: ResponseHeaders): boolean {
    const [accepted, given] = ['x-accepted-oauth-scopes', 'x-oauth-scopes'].map((name) =>
      headers
        .get(name)
        ?.split(',')
        .map((scope) => scope.trim())
        .filter((scope) => scope !== ''),
    );
    if (accepted === undefined || given === undefined || accepted.length === 0) return false;
    return !accepted.some((scope) => given.includes(scope));
  }
}

/** A JWT lasts nine minutes; a new one is signed after this. */
const RESIGN_AFTER_MS = 8 * 60_000;

/** The App itself, which may read its hook and its installations, and create tokens for them. */
export class AppCredential implements Credential {
  readonly name = 'app';
  readonly needs = 'github.app_id and the github.app_private_key that belongs to it';
  readonly remedy = "compare github.app_id and github.app_private_key with the App's page at GitHub";
  readonly #appId: string;
  readonly #key: KeyObject;
  readonly #clock: ServerClock;
  #signed = { header: '', atMs: Number.NEGATIVE_INFINITY };

  constructor(appId: string, key: KeyObject, clock: ServerClock) {
    this.#appId = appId;
    this.#key = key;
    this.#clock = clock;
  }

  async authorize(): Promise<Authorization> {
    const nowMs = this.#clock.nowMs();
    if (Math.abs(nowMs - this.#signed.atMs) >= RESIGN_AFTER_MS)
      this.#signed = { header: `Bearer ${await signAppJwt(this.#appId, this.#key, nowMs)}`, atMs: nowMs };
    return this.#signed;
  }

  /** By the server's clock, which its refusal has shown. */
  renew(header: string): boolean {
    if (header === this.#signed.header) this.#signed = { header: '', atMs: Number.NEGATIVE_INFINITY };
    return true;
  }

  lacks(): boolean {
    return false;
  }
}

/** The credentials that GitHub refuses at present, each until it is accepted again. */
export class CredentialRefusals {
  readonly #byCredential = new Map<string, CredentialRefusal>();

  note(credential: string, refusal: CredentialRefusal): void {
    this.#byCredential.set(credential, refusal);
  }

  has(credential: string): boolean {
    return this.#byCredential.has(credential);
  }

  clear(credential: string): void {
    this.#byCredential.delete(credential);
  }

  /** A sentence for each. */
  sentences(): string[] {
    return Array.from(
      this.#byCredential,
      ([credential, { said, remedy }]) => `GitHub refuses ${credential} (${said}): ${remedy}.`,
    );
  }
}
