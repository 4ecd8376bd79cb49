import type { KeyObject } from 'node:crypto';
import type { ApiResult, CredentialRefusal } from '../../domain/github-api.ts';
import { signAppJwt } from './jwt.ts';
import type { Permission } from './permissions.ts';
import type { ServerClock } from './response-headers.ts';

/** What stands in the header `Authorization`, or why nothing can. */
export type Authorization = { readonly header: string } | { readonly answer: ApiResult<never> };

/** A way to log in. */
export interface Credential {
  /** For budgets, metrics and logs: never secret, and the same for as long as it is the same quota. */
  readonly name: string;
  /** What has to be put right when GitHub does not know it. */
  readonly needs: string;
  /** How a person does that. */
  readonly remedy: string;
  authorize(): Promise<Authorization>;
  /** GitHub has not taken `header`. Answers whether another one may be tried. */
  renew(header: string): boolean;
  /** Whether it is known, also by the headers of an answer, that it has not this permission. */
  lacks(permission: Permission, headers: Headers): boolean;
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
   * Answers to classic tokens name the scopes that the route accepts, all of those that include it too, and those that the token has
   * (https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps). Others tell nothing.
   */
  lacks(_permission: Permission, headers: Headers): boolean {
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

/** A JWT is signed anew when less than this is left of its nine minutes. */
const RESIGN_AFTER_MS = 8 * 60_000;

/** The App itself, which may ask for its hook, its installations and their tokens. */
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

  /** By the clock of the server, which its refusal has told. */
  renew(header: string): boolean {
    if (header === this.#signed.header) this.#signed = { header: '', atMs: Number.NEGATIVE_INFINITY };
    return true;
  }

  lacks(): boolean {
    return false;
  }
}

/** The credentials that GitHub does not take at present, each until it takes it again. */
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
