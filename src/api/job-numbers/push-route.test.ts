import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ask, openFixture } from '../../../test/fixtures/api-listener.ts';
import { AUDIENCE, startIssuer, type TokenOptions } from '../../../test/fixtures/oidc-issuer.ts';
import type { Engine } from '../../domain/contracts.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { AntError } from '../../domain/errors.ts';
import { NUMBERS_EVENT, readNumbers } from '../../domain/job-numbers.ts';
import { DIRECT } from '../../outbound/network.ts';

const BODY = 'tests_total{suite="unit"} 5\n';
const QUERY = '?repository=octo/hill&workflow=CI';

interface Push {
  readonly query?: string;
  readonly authorization?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

interface Opening {
  readonly isShort?: boolean;
  readonly fails?: boolean;
  readonly gate?: Promise<void>;
  readonly engine?: Partial<Engine>;
}

async function open(
  context: TestContext,
  { isShort = false, fails = false, gate = Promise.resolve(), engine = {} }: Opening = {},
) {
  const issuer = await startIssuer();
  context.after(() => issuer[Symbol.asyncDispose]());
  const accepted: Delivery[] = [];
  let waiting = 0;
  const owners = new Set(['70']);
  const fixture = await openFixture(context, {
    access: { tokens: ['api-token'], basicAuths: ['user:pass'] },
    jobs: {
      jobRules: () => ({
        issuer: issuer.issuer,
        network: DIRECT,
        audience: AUDIENCE,
        owners,
        repositories: new Set(),
      }),
      bodyLimitBytes: 1000,
      maxNumbers: 10,
      isShortOfMemory: () => isShort,
    },
    engine: {
      ...engine,
      async accept(deliveries) {
        waiting += 1;
        await gate;
        if (fails) throw new AntError('store_unavailable', 'The disk is full.');
        return deliveries.map((delivery) => {
          const isKnown = accepted.some(({ guid }) => guid === delivery.guid);
          if (!isKnown) accepted.push(delivery);
          return isKnown ? 'duplicate' : 'accepted';
        });
      },
    },
  });
  const push = ({ query = '', authorization = null, headers = {}, body = BODY }: Push = {}) =>
    ask(`${fixture.url}/push${query}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'text/plain',
        ...(authorization === null ? {} : { Authorization: authorization }),
        ...headers,
      },
      body,
    });
  return {
    ...fixture,
    issuer,
    accepted,
    waiting: () => waiting,
    push,
    asJob: async (more: Push = {}, token: TokenOptions = {}) =>
      push({ authorization: `Bearer ${await issuer.sign(token)}`, ...more }),
    named: (more: Push = {}) => push({ authorization: 'Bearer api-token', query: QUERY, ...more }),
    outcomes: () =>
      fixture.counted.filter(({ metric }) => metric.includes('job_pushes')).map(({ labels }) => labels[0]),
  };
}

test('what a job pushes is a delivery under its own repository and workflow', async (context) => {
  const { asJob, accepted } = await open(context);
  const answer = await asJob();
  assert.equal(answer.status, 202);
  assert.deepEqual(JSON.parse(answer.text), {
    outcome: 'accepted',
    repository: 'octo/hill',
    workflow: 'CI',
    numbers: 1,
  });
  const [delivery] = accepted;
  assert.deepEqual([delivery?.event, delivery?.source], [NUMBERS_EVENT, 'job']);
  const { numbers } = readNumbers(delivery as Delivery);
  assert.deepEqual(
    numbers.map(({ metric, labels, value }) => [metric, labels, value]),
    [['job_tests_total', ['repository', 'octo/hill', 'workflow', 'CI', 'suite', 'unit'], 5]],
  );
});

test('a job cannot claim to be another job', async (context) => {
  const { asJob, accepted } = await open(context);
  for (const query of [QUERY, '?workflow=CI', '?job=x', '?x'])
    assert.deepEqual((await asJob({ query })).code, 'claimed_identity', query);
  for (const body of ['a{repository="other/one"} 1', 'a{workflow="Release"} 1', 'a{run_id="1"} 1'])
    assert.deepEqual((await asJob({ body })).code, 'invalid_numbers', body);
  assert.deepEqual(accepted, []);
});

test('the same content from the same job counts once, even with another token', async (context) => {
  const { asJob, outcomes } = await open(context);
  const statusOf = async (more: Push, claims: Record<string, unknown> = {}) =>
    (await asJob(more, { claims })).status;
  assert.equal(await statusOf({}), 202);
  assert.equal(await statusOf({}), 200);
  assert.equal(await statusOf({ body: 'tests_total 6\n' }), 202);
  assert.equal(await statusOf({}, { run_attempt: '2' }), 202);
  assert.equal(await statusOf({}, { run_id: '7' }), 202);
  assert.equal(await statusOf({}, { check_run_id: '8' }), 202);
  assert.equal(await statusOf({}, { check_run_id: '8' }), 200);
  const count = (outcome: string) => outcomes().filter((each) => each === outcome).length;
  assert.deepEqual([count('accepted'), count('duplicate')], [5, 2]);
});

test('a job without a known id is identified by its token, or by its own key', async (context) => {
  const { asJob } = await open(context);
  const unknown = { check_run_id: undefined };
  const statusOf = async (claims: object, headers = {}) =>
    (await asJob({ headers }, { claims: { ...unknown, ...claims } })).status;
  assert.deepEqual([await statusOf({ jti: 'a' }), await statusOf({ jti: 'a' })], [202, 200]);
  assert.equal(await statusOf({ jti: 'b' }), 202);
  const keyed = { 'Idempotency-Key': 'build-1' };
  assert.deepEqual([await statusOf({ jti: 'a' }, keyed), await statusOf({ jti: 'b' }, keyed)], [202, 200]);
  assert.equal(await statusOf({ jti: 'b', run_id: '9' }, keyed), 202);
});

test('with an API token the query names the job', async (context) => {
  const { named, accepted } = await open(context);
  const statuses = async (query: string, headers = {}) => [
    (await named({ query, headers })).status,
    (await named({ query, headers })).status,
  ];
  assert.deepEqual(await statuses(QUERY), [202, 202]);
  assert.deepEqual(await statuses(QUERY, { 'Idempotency-Key': 'nightly' }), [202, 200]);
  assert.deepEqual(await statuses(`${QUERY}&run_id=7`), [202, 200]);
  assert.deepEqual(await statuses(`${QUERY}&run_id=7&run_attempt=1`), [200, 200]);
  assert.deepEqual(await statuses(`${QUERY}&run_id=7&run_attempt=2`), [202, 200]);
  assert.deepEqual(await statuses(`${QUERY}&run_id=7&job=build`), [202, 200]);
  assert.deepEqual(readNumbers(accepted[0] as Delivery).repository, 'octo/hill');
  for (const query of [
    '',
    '?workflow=CI',
    '?repository=octo/hill',
    '?repository=octo&workflow=CI',
    `${QUERY}&workflow=X`,
    `${QUERY}&sha=1`,
    `${QUERY}&run_id=x`,
    `${QUERY}&run_id=0`,
    `${QUERY}&run_id=7&run_attempt=`,
    `${QUERY}&job=${'x'.repeat(201)}`,
  ])
    assert.deepEqual([(await named({ query })).status, query], [400, query]);
});

test('an unauthorised push is refused, and guessing is slowed down', async (context) => {
  const { push, asJob, accepted } = await open(context);
  const user = `Basic ${Buffer.from('user:pass').toString('base64')}`;
  for (const authorization of [null, user, 'Bearer wrong', 'Bearer eyJhbGciOiJub25lIn0.e30.x'])
    assert.deepEqual((await push({ authorization, query: QUERY })).status, 401, String(authorization));
  const foreign = await asJob({}, { claims: { repository_owner_id: '71', repository: 'evil/twin' } });
  assert.deepEqual([foreign.status, foreign.code], [403, 'repository_not_allowed']);
  for (let each = 0; each < 10; each += 1) await asJob({}, { audience: 'other' });
  assert.equal((await asJob({}, { audience: 'other' })).status, 429);
  assert.equal((await asJob()).status, 202);
  assert.equal(accepted.length, 1);
});

test('a push to a full counter is refused with its name, but a repeated push is not', async (context) => {
  const full = { uncountable: async () => [1] };
  const { named, accepted, outcomes } = await open(context, { engine: full });
  const body = 'tests_total 5\nbytes_total 7\n';
  const { status, code, text } = await named({ body });
  assert.deepEqual([status, code, accepted.length], [400, 'invalid_numbers', 0]);
  assert.match(text, /"bytes_total 7 would bring its counter beyond 9007199254740992 \(2\^53\)/);
  const known = await open(context, { engine: { ...full, unseen: async () => [] } });
  assert.equal((await known.named({ body })).status, 202);
  assert.deepEqual(outcomes(), ['invalid']);
});

test('one token cannot push without limit', async (context) => {
  const { push, issuer } = await open(context);
  const authorization = `Bearer ${await issuer.sign()}`;
  const statuses: number[] = [];
  for (let each = 0; each < 101; each += 1)
    statuses.push((await push({ authorization, body: `a ${each}` })).status);
  assert.deepEqual([new Set(statuses.slice(0, 100)), statuses[100]], [new Set([202]), 429]);
});

test('every invalid body has its answer', async (context) => {
  const { named, outcomes, accepted } = await open(context);
  for (const [push, status, code] of [
    [{ body: 'x'.repeat(1001) }, 413, 'body_too_large'],
    [{ headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415, 'content_type'],
    [{ headers: { 'Content-Encoding': 'gzip' } }, 415, 'content_encoding'],
    [{ headers: { 'Idempotency-Key': 'two words' } }, 400, 'bad_request'],
    [{ body: new Uint8Array([0x61, 0x20, 0xff]) }, 400, 'invalid_numbers'],
    [{ body: 'a b c\n1' }, 400, 'invalid_numbers'],
    [{ body: '{"metrics":1}', headers: { 'Content-Type': 'application/json' } }, 400, 'invalid_numbers'],
  ] as const) {
    const answer = await named(push);
    assert.deepEqual([answer.status, answer.code], [status, code]);
  }
  assert.match((await named({ body: 'ok 1\nbad' })).text, /line 2 is not NAME/);
  assert.deepEqual(accepted, []);
  assert.deepEqual(new Set(outcomes()), new Set(['too_large', 'content_type', 'invalid']));
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  assert.equal((await named({ headers, body: '{"metrics":[{"name":"a","value":1}]}' })).status, 202);
});

test('a push that cannot be stored or checked is to be sent again', async (context) => {
  const failing = await open(context, { fails: true });
  const full = await failing.asJob();
  assert.deepEqual([full.status, full.code], [503, 'store_unavailable']);
  const short = await (await open(context, { isShort: true })).asJob();
  assert.deepEqual([short.status, short.code], [503, 'overloaded']);
  const alone = await open(context);
  alone.issuer.answerWith(() => null);
  const unknown = await alone.asJob();
  assert.deepEqual([unknown.status, unknown.code], [503, 'issuer_unavailable']);
  for (const answer of [full, short, unknown]) assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal((await alone.named()).status, 202);
});

test('sixteen concurrent pushes are accepted, and more are to be sent again', async (context) => {
  const gate = Promise.withResolvers<void>();
  const { named, waiting } = await open(context, { gate: gate.promise });
  const under = Array.from({ length: 16 }, (_, index) => named({ body: `a ${index}` }));
  while (waiting() < 16) await new Promise((resolve) => setTimeout(resolve, 5));
  const more = await named();
  assert.deepEqual([more.status, more.code], [503, 'overloaded']);
  gate.resolve();
  for (const push of under) assert.equal((await push).status, 202);
  assert.equal((await named()).status, 202);
});
