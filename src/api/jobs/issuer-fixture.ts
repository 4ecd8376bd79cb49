import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

/*
 * For tests: an issuer of tokens as GitHub's is to jobs, with its discovery document, its keys, and the endpoint that the
 * runner names to a job (https://docs.github.com/en/actions/reference/security/oidc).
 */

/** The claims of a job of the repository 700 of the account 70, as far as they are read here, and some more. */
export const CLAIMS = {
  sub: 'repo:octo@70/hill@700:ref:refs/heads/main',
  repository: 'octo/hill',
  repository_id: '700',
  repository_owner: 'octo',
  repository_owner_id: '70',
  repository_visibility: 'private',
  workflow: 'CI',
  workflow_ref: 'octo/hill/.github/workflows/ci.yml@refs/heads/main',
  job_workflow_ref: 'octo/hill/.github/workflows/ci.yml@refs/heads/main',
  run_id: '22259804324',
  run_number: '42',
  run_attempt: '1',
  check_run_id: '90000000001',
  sha: 'c040cae0f0dc81641728557b80f09cfa23b83fe5',
  ref: 'refs/heads/main',
  event_name: 'push',
  actor: 'octocat',
  runner_environment: 'github-hosted',
};

export const AUDIENCE = 'https://ant-watcher.example';
/** What the runner gives a job to get its token with. */
const REQUEST_TOKEN = 'request-token-of-the-job';
const MINUTE_S = 60;

export interface TokenOptions {
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string;
  readonly nowMs?: number;
  readonly lifeSeconds?: number;
  readonly algorithm?: string;
}

/** What is answered at a path instead: null is an error, undefined as usual. */
type Answers = (path: string) => object | string | null | undefined;

export async function startIssuer(key = 'key-1') {
  let current = await keyNamed(key);
  let published: JWK[] = [current.jwk];
  let answers: Answers = () => undefined;
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const told = answers(path);
    const own = told === undefined ? await answer(path, request) : told;
    if (own === null) response.writeHead(500).end();
    else response.end(typeof own === 'string' ? own : JSON.stringify(own));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(path: string, { headers }: IncomingMessage): Promise<object | null> {
    if (path === '/.well-known/openid-configuration') return { issuer, jwks_uri: `${issuer}/keys` };
    if (path === '/keys') return { keys: published };
    const { pathname, searchParams } = new URL(path, issuer);
    const mayAsk = headers.authorization?.toLowerCase() === `bearer ${REQUEST_TOKEN}`;
    if (pathname !== '/token' || !mayAsk) return null;
    return { count: 1, value: await sign({ audience: searchParams.get('audience') ?? 'none' }) };
  }

  async function sign({
    claims = {},
    lifeSeconds = 5 * MINUTE_S,
    ...over
  }: TokenOptions = {}): Promise<string> {
    const { algorithm: alg = 'RS256' } = over;
    const nowS = Math.floor((over.nowMs ?? Date.now()) / 1000);
    return new SignJWT({ ...CLAIMS, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg, typ: 'JWT', kid: current.jwk.kid ?? '' })
      .setIssuer(over.issuer ?? issuer)
      .setAudience(over.audience ?? AUDIENCE)
      .setIssuedAt(nowS)
      .setNotBefore(nowS)
      .setExpirationTime(nowS + lifeSeconds)
      .sign(await importJWK(current.privateJwk, alg));
  }

  return {
    issuer,
    asked,
    sign,
    /** Signs with a new key from now on, which may not be published. */
    async rotate(name: string, isPublished = true): Promise<void> {
      current = await keyNamed(name);
      if (isPublished) published = [...published, current.jwk].slice(-2);
    },
    answerWith(own: Answers): void {
      answers = own;
    },
    /** As the runner sets them for a job with `id-token: write`. */
    jobEnvironment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function keyNamed(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, use: 'sig' };
  return { privateJwk: await exportJWK(privateKey), jwk };
}
