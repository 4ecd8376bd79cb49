import type { ApiResult } from '../../domain/github-api.ts';
import { integerOf, type Json, objectOf, textOf, timeMsOf } from '../fields.ts';
import type { Authorization, Credential } from './credentials.ts';
import type { Forbid } from './notices.ts';
import type { Permission } from './permissions.ts';
import type { ServerClock } from './response-headers.ts';

/** Where an App is installed, as `GET /app/installations` returns it. */
export interface Installation {
  readonly id: number;
  /** The login of the organization or the user. */
  readonly owner: string;
  /** By their keys, such as `actions`. */
  readonly permissions: Json;
}

/** Requests a token as the App itself, for one of its installations. */
export type MintToken = (installationId: number) => Promise<ApiResult<unknown>>;

/** Requests that start this long before a token expires have ended by then. */
const SPARE_MS = 5 * 60_000;

export function readInstallation(value: unknown): Installation | null {
  const entry = objectOf(value);
  const id = integerOf(entry?.['id']);
  const owner = textOf(objectOf(entry?.['account'])?.['login']);
  if (entry === null || id === null || owner === null) return null;
  const permissions = objectOf(entry['permissions']) ?? {};
  return { id, owner, permissions };
}

interface Token {
  readonly header: string;
  readonly expiresAtMs: number;
}

/**
 * An installation of the App. Its tokens hold for an hour and are kept until shortly before
 * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation).
 */
export class InstallationCredential implements Credential {
  readonly name: string;
  readonly needs = "a token of the App's installation that GitHub takes";
  readonly remedy: string;
  readonly owner: string;
  readonly #installation: Installation;
  readonly #mint: MintToken;
  readonly #clock: ServerClock;
  readonly #forbid: Forbid;
  /** GitHub answered 404 when a token was last requested for it. */
  isGone = false;
  #token: Token | null = null;
  #minting: Promise<Authorization> | null = null;

  constructor(installation: Installation, mint: MintToken, clock: ServerClock, forbid: Forbid) {
    this.name = `app:${installation.id}`;
    this.owner = installation.owner;
    this.remedy = `look at the App's installation at ${installation.owner}`;
    this.#installation = installation;
    this.#mint = mint;
    this.#clock = clock;
    this.#forbid = forbid;
  }

  /** Concurrent callers get the same token. */
  async authorize(): Promise<Authorization> {
    if (this.#token !== null && this.#clock.nowMs() < this.#token.expiresAtMs - SPARE_MS) return this.#token;
    this.#minting ??= this.#mintToken().finally(() => {
      this.#minting = null;
    });
    return this.#minting;
  }

  /** Only the token that was refused is dropped: another request may have a new one already. */
  renew(header: string): boolean {
    if (this.#token?.header === header) this.#token = null;
    return true;
  }

  lacks({ key }: Permission): boolean {
    return key !== null && !Object.hasOwn(this.#installation.permissions, key);
  }

  async #mintToken(): Promise<Authorization> {
    const answer = await this.#mint(this.#installation.id);
    this.isGone = answer.kind === 'missing';
    if (answer.kind === 'missing') return { answer: this.#gone() };
    if (answer.kind !== 'ok') return { answer };
    const { token, expires_at: expiresAt } = objectOf(answer.data) ?? {};
    const expiresAtMs = timeMsOf(expiresAt);
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token) || expiresAtMs === null)
      return { answer: { kind: 'failed', reason: 'an answer without a token', retryAtMs: null } };
    this.#token = { header: `Bearer ${token}`, expiresAtMs };
    return this.#token;
  }

  #gone(): ApiResult<never> {
    const { owner } = this;
    const denial = { said: null, hint: `install the App at ${owner} again` };
    return this.#forbid(`the App's installation at ${owner}`, GONE, { owner }, denial);
  }
}

const GONE = 'nothing is read there by the App; webhooks that still come are counted';
