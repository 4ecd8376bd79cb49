import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { GitHub } from '../../domain/github-api.ts';
import { type Arrived, NOW, openTestClient, type Reply, startGitHub } from './fake-github-fixture.ts';
import type { GitHubOptions } from './open-github.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const KEY = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const APP = { app: { id: '12', privateKeyPem: KEY }, token: null };
const RUNS = '/repos/{owner}/{repo}/actions/runs';
export const MINUTE = 60_000;

export const INSTALLATIONS = [
  {
    id: 1,
    account: { login: 'Octo' },
    permissions: { actions: 'read', metadata: 'read' },
    suspended_at: null,
  },
  { id: 3, account: { login: 'poor' }, permissions: { metadata: 'read' } },
];

/*
 * For tests: a GitHub with one App, and a client that logs in as it.
 */

/** How a GitHub with one App behaves, as far as a test does not want it otherwise. */
interface World {
  readonly time?: { nowMs: number };
  readonly installations?: () => readonly object[];
  readonly list?: () => Reply | undefined;
  readonly mint?: () => Reply | undefined;
  /** Answers whatever is asked with a token; `token` as it was sent. */
  readonly read?: (request: Arrived, token: string) => Reply;
}

/** One installation a page; it checks each JWT by its own clock, and numbers the tokens that it gives. */
export async function startApp({
  time = { nowMs: NOW },
  installations = () => INSTALLATIONS,
  ...world
}: World = {}) {
  let minted = 0;
  const date = () => ({ Date: new Date(time.nowMs).toUTCString() });
  const server = await startGitHub((request) => {
    const [, bearer = ''] = (request.headers.authorization ?? '').split(' ');
    const url = new URL(request.path, `http://${request.headers.host}/`);
    if (!url.pathname.startsWith('/app')) return world.read?.(request, bearer) ?? {};
    if (!isGood(bearer, time.nowMs)) return { status: 401, headers: date(), body: { message: 'bad JWT' } };
    if (request.method === 'POST') {
      const body = {
        token: `ghs_token${++minted}`,
        expires_at: new Date(time.nowMs + 60 * MINUTE).toISOString(),
      };
      return world.mint?.() ?? { status: 201, headers: date(), body };
    }
    const instead = world.list?.();
    if (instead !== undefined) return instead;
    const page = Number(url.searchParams.get('page') ?? 1);
    const link = `<${url.origin}/api/v3/app/installations?page=${page + 1}>; rel="next"`;
    const isLast = page >= installations().length;
    return {
      body: installations().slice(page - 1, page),
      headers: isLast ? date() : { ...date(), Link: link },
    };
  });
  return Object.assign(server, { minted: () => minted });
}

function isGood(jwt: string, nowMs: number): boolean {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  if (!createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url'))
    return false;
  const { iat, exp, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const now = nowMs / 1000;
  return iss === '12' && iat <= now && exp > now && exp <= now + 600;
}

export function ask(github: GitHub, owner = 'octo', priority: 'recovery' | 'poll' = 'recovery') {
  return github.get(RUNS, { owner, priority, params: { repo: 'ants' } });
}

export function openApp(url: string, options: Partial<GitHubOptions> = {}, time = { nowMs: NOW }) {
  return openTestClient(url, { ...APP, ...options }, time);
}
