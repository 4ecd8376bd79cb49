import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { AUDIENCE, CLAIMS, startIssuer } from '../../../test/fixtures/oidc-issuer.ts';
import { timeOf } from '../../../test/fixtures/time.ts';
import { DIRECT } from '../../outbound/network.ts';
import type { JobRules } from './job-rules.ts';
import { createTokenCheck } from './job-token.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function open(over: Partial<JobRules> = {}) {
  const issuer = await startIssuer();
  const time = { nowMs: Date.now() };
  let rules: JobRules = {
    issuer: issuer.issuer,
    network: DIRECT,
    audience: AUDIENCE,
    owners: new Set(['70']),
    repositories: new Set(),
    ...over,
  };
  const check = createTokenCheck(
    () => rules,
    timeOf(() => time.nowMs),
  );
  return {
    ...issuer,
    time,
    check,
    /** The kind of verdict. */
    kindOf: async (token: string) => (await check(token)).kind,
    change: (more: Partial<JobRules>) => {
      rules = { ...rules, ...more };
    },
  };
}

/** How often the keys were fetched. */
function fetches({ asked }: { readonly asked: readonly string[] }): number {
  return asked.filter((path) => path === '/keys').length;
}

test('a token identifies its job', async () => {
  await using github = await open();
  const { nowMs } = github.time;
  assert.deepEqual(await github.check(await github.sign({ claims: { jti: 'a-token' }, nowMs })), {
    kind: 'job',
    job: {
      repository: 'octo/hill',
      workflow: 'CI',
      runId: '22259804324',
      runAttempt: '1',
      jobId: '90000000001',
      tokenId: 'a-token',
      expiresAtMs: Math.floor(nowMs / 1000) * 1000 + 5 * MINUTE_MS,
    },
  });
});

test('a workflow without a name is its path, and a job may lack an id', async () => {
  await using github = await open();
  const verdict = await github.check(
    await github.sign({ claims: { workflow: '', check_run_id: undefined } }),
  );
  assert.ok(verdict.kind === 'job');
  assert.deepEqual([verdict.job.workflow, verdict.job.jobId], ['.github/workflows/ci.yml', null]);
});

test('the subject of a token may have any form', async () => {
  await using github = await open();
  for (const sub of [
    'repo:octo/hill:ref:refs/heads/main',
    'repo:octo@70/hill@700:environment:a%3Ab',
    'custom',
    undefined,
  ])
    assert.equal(await github.kindOf(await github.sign({ claims: { sub } })), 'job', String(sub));
});

test('a token with another issuer, audience or time, or without a required claim, is invalid', async () => {
  await using github = await open();
  for (const options of [
    { issuer: 'https://token.actions.githubusercontent.com' },
    { issuer: `${github.issuer}/` },
    { audience: 'https://github.com/octo' },
    { nowMs: Date.now() - 10 * MINUTE_MS },
    { nowMs: Date.now() + 10 * MINUTE_MS },
    { nowMs: Date.now() - 2 * HOUR_MS, lifeSeconds: 24 * 3600 },
    ...['jti', 'repository', 'repository_id', 'repository_owner_id', 'run_id', 'run_attempt'].map((name) => ({
      claims: { [name]: undefined },
    })),
    { claims: { repository: 7 } },
    { claims: { run_id: 'x' } },
    { claims: { run_attempt: '1; drop' } },
  ])
    assert.equal(await github.kindOf(await github.sign(options)), 'invalid', JSON.stringify(options));
});

test('a token that is not signed with a key of the issuer is invalid', async () => {
  await using github = await open();
  await using foreign = await startIssuer();
  const real = await github.sign();
  const [head = '', , signature = ''] = real.split('.');
  const body = Buffer.from(JSON.stringify({ ...CLAIMS, repository_owner_id: '70' })).toString('base64url');
  const secret = new TextEncoder().encode(
    JSON.stringify(await (await fetch(`${github.issuer}/keys`)).json()),
  );
  const symmetric = new SignJWT(CLAIMS)
    .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
    .setIssuer(github.issuer);
  for (const token of [
    await foreign.sign({ issuer: github.issuer }),
    await github.sign({ algorithm: 'PS256' }),
    await github.sign({ algorithm: 'RS512' }),
    `${head}.${body}.${signature}`,
    `${real.slice(0, -8)}AAAAAAAA`,
    new UnsecuredJWT({ ...CLAIMS, jti: 'x' }).setIssuer(github.issuer).setAudience(AUDIENCE).encode(),
    await symmetric.setAudience(AUDIENCE).setExpirationTime('5m').setIssuedAt().setJti('x').sign(secret),
    'eyJ.eyJ.x',
  ])
    assert.equal(await github.kindOf(token), 'invalid', token.slice(0, 60));
});

test("only repositories listed by id, or whose owner's id is listed, may push", async () => {
  await using github = await open({ owners: new Set(['71']), repositories: new Set(['701', 'octo/hill']) });
  const token = await github.sign();
  assert.deepEqual(await github.check(token), { kind: 'forbidden', repository: 'octo/hill' });
  github.change({ repositories: new Set(['700']) });
  assert.equal(await github.kindOf(token), 'job');
  github.change({ repositories: new Set(), owners: new Set(['70']) });
  assert.equal(await github.kindOf(token), 'job');
  assert.equal(await github.kindOf(await github.sign({ claims: { repository_owner_id: '7' } })), 'forbidden');
});

test('without an audience every token is refused, and no keys are fetched', async () => {
  await using github = await open({ audience: null });
  assert.equal(await github.kindOf(await github.sign()), 'invalid');
  assert.deepEqual(github.asked, []);
});

test('keys are fetched once, again each hour, and after a rotation', async () => {
  await using github = await open();
  const fresh = () => github.sign({ nowMs: github.time.nowMs });
  await Promise.all(Array.from({ length: 20 }, async () => github.kindOf(await fresh())));
  assert.equal(fetches(github), 1);
  github.time.nowMs += 59 * MINUTE_MS;
  assert.equal(await github.kindOf(await fresh()), 'job');
  assert.equal(fetches(github), 1);
  await github.rotate('key-2');
  assert.equal(await github.kindOf(await fresh()), 'job');
  assert.equal(fetches(github), 2);
  github.time.nowMs += 61 * MINUTE_MS;
  assert.equal(await github.kindOf(await fresh()), 'job');
  assert.equal(fetches(github), 3);
});

test('a flood of tokens with unknown keys asks the issuer at most twice a minute', async () => {
  await using github = await open();
  const good = await github.sign();
  assert.equal(await github.kindOf(good), 'job');
  await github.rotate('unknown', false);
  for (let each = 0; each < 50; each += 1) {
    assert.equal(await github.kindOf(await github.sign({ nowMs: github.time.nowMs })), 'invalid');
    assert.equal(await github.kindOf(good), 'job');
    github.time.nowMs += 1000;
  }
  assert.equal(fetches(github), 2);
});

test('while the issuer does not answer properly, tokens are to be tried later; known keys stay valid for a day', async () => {
  await using github = await open();
  await using foreign = await startIssuer();
  const { issuer } = github;
  const document = { issuer, jwks_uri: `${issuer}/keys` };
  const inDiscovery = (told: object) => (path: string) => (path === '/keys' ? undefined : told);
  const inKeys = (told: object | string) => (path: string) => (path === '/keys' ? told : undefined);
  for (const answer of [
    () => null,
    () => 'no JSON',
    () => '[]',
    inDiscovery({ ...document, issuer: foreign.issuer }),
    inDiscovery({ ...document, jwks_uri: `${foreign.issuer}/keys` }),
    inDiscovery({ ...document, jwks_uri: 7 }),
    inDiscovery({ ...document, more: 'x'.repeat(300_000) }),
    inKeys({ keys: 'none' }),
    inKeys({ keys: [], more: 'x'.repeat(300_000) }),
  ]) {
    github.answerWith(answer);
    assert.equal(await github.kindOf(await github.sign({ nowMs: github.time.nowMs })), 'unavailable');
    const asked = github.asked.length;
    assert.equal(await github.kindOf(await github.sign({ nowMs: github.time.nowMs })), 'unavailable');
    assert.equal(github.asked.length, asked);
    github.time.nowMs += 31_000;
  }
  github.answerWith(() => undefined);
  assert.equal(await github.kindOf(await github.sign({ nowMs: github.time.nowMs })), 'job');
  github.answerWith(() => null);
  github.time.nowMs += 23 * HOUR_MS;
  assert.equal(await github.kindOf(await github.sign({ nowMs: github.time.nowMs })), 'job');
  github.time.nowMs += 2 * HOUR_MS;
  assert.equal(await github.kindOf(await github.sign({ nowMs: github.time.nowMs })), 'unavailable');
});
