import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { pastWorld, type World } from '../world.ts';
import type { AppIdentity } from './caller.ts';
import {
  openSimulatedGitHub,
  type SimulatedGitHub,
  type SimulatedGitHubOptions,
} from './simulated-github.ts';

/*
 * For tests: a simulated GitHub over a small world that is over, at a time that the test sets.
 */

export const END_MS = Date.parse('2026-11-20T12:00:00Z');
export const TOKEN = 'ghp_ofTheTests';
const APP_ID = 1_042_731;
/** The organization's. */
const INSTALLATION = 23_154_469;

export type Json = Record<string, unknown>;

/** An answer as a client sees it. */
export interface Seen<B> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: B;
}

export interface Fixture extends AsyncDisposable {
  readonly github: SimulatedGitHub;
  readonly world: World;
  /** The time of the world and of the tests. */
  nowMs: number;
  get<B = Json>(path: string, headers?: Readonly<Record<string, string>>): Promise<Seen<B>>;
  ask<B = Json>(path: string, init: RequestInit): Promise<Seen<B>>;
  /** A JWT of the App for now, with other claims where told. */
  jwt(claims?: Json): string;
  /** A new token of the organization's installation. */
  installationToken(body?: Json): Promise<string>;
}

export function smallWorld(seed = 'rest', runs = 60): World {
  return pastWorld({ seed, runs, inFlight: 0.1, endMs: END_MS, spanMs: 12 * 3_600_000 });
}

export async function openFixture(
  options: Partial<SimulatedGitHubOptions> = {},
  world = smallWorld(),
): Promise<Fixture> {
  const { privateKey, app } = newApp();
  let nowMs = END_MS;
  const clock = () => nowMs;
  const github = await openSimulatedGitHub({ world, clock, personalTokens: [TOKEN], app, ...options });
  const ask = async <B>(path: string, init: RequestInit): Promise<Seen<B>> => {
    const response = await fetch(path.startsWith('http') ? path : github.url + path, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  };
  const jwt = (claims: Json = {}) => {
    const nowS = Math.floor(nowMs / 1000);
    return signJwt({ iss: APP_ID, iat: nowS - 60, exp: nowS + 540, ...claims }, privateKey);
  };
  return {
    github,
    world,
    ask,
    jwt,
    get nowMs() {
      return nowMs;
    },
    set nowMs(ms) {
      nowMs = ms;
    },
    get: (path, headers = {}) => ask(path, { headers: { authorization: `Bearer ${TOKEN}`, ...headers } }),
    async installationToken(body = {}) {
      const created = await ask<{ token: string }>(`/app/installations/${INSTALLATION}/access_tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${jwt()}` },
        body: JSON.stringify(body),
      });
      return created.body.token;
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

export function newApp(): { privateKey: KeyObject; app: AppIdentity } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, app: { id: APP_ID, clientId: 'Iv23liOfTheTests', publicKey: pem } };
}

/** An RS256 JWT with these claims. */
export function signJwt(claims: Json, key: KeyObject): string {
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

/** All entries of a list, page by page along the `Link` headers. */
export async function listAll<T>(
  fixture: Fixture,
  path: string,
  member?: string,
  headers?: Record<string, string>,
): Promise<T[]> {
  const found: T[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { body, headers: answered }: Seen<Json> = await fixture.get(next, headers);
    found.push(...((member === undefined ? body : body[member]) as T[]));
    next = linksOf(answered).next;
  }
  return found;
}

/** The addresses of a `Link` header by their `rel`. */
export function linksOf(headers: Headers): Record<string, string> {
  const links = Array.from((headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g));
  return Object.fromEntries(links.map(([, address = '', rel = '']) => [rel, address]));
}
