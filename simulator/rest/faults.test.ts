import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import { END_MS, openFixture } from '../../test/fixtures/simulated-rest.ts';
import { createFaults } from './faults.ts';

const PATH = '/repos/lumen-works/web-shop';
const ENDPOINT = 'GET /repos/{owner}/{repo}';

test('requested errors, resets, garbage and slow answers happen, then stop', async () => {
  await using fixture = await openFixture();
  const { faults, requests } = fixture.github;
  faults.slowMs = 0;
  faults.next('error', 2);
  const failed = [await fixture.get(PATH), await fixture.get(PATH)];
  assert.ok(failed.every(({ status }) => status >= 500 && status <= 503));
  faults.next('reset');
  await assert.rejects(fixture.get(PATH), TypeError);
  faults.next('garbage');
  await assert.rejects(fixture.get(PATH), SyntaxError);
  faults.next('slow');
  assert.equal((await fixture.get(PATH)).status, 200);
  assert.equal((await fixture.get(PATH)).status, 200);
  const answers = requests.answers(ENDPOINT);
  assert.deepEqual([answers.get(0), answers.get(200)], [1, 3]);
  assert.equal(requests.total(ENDPOINT), 6);
  requests.clear();
  assert.equal(requests.total(), 0);
});

test('a hanging request is never answered, and closing does not wait for it', async () => {
  const fixture = await openFixture();
  fixture.github.faults.next('hang');
  const hanging = fixture.get(PATH).catch((err: Error) => err.name);
  while (fixture.github.requests.total() === 0) await immediate();
  await fixture[Symbol.asyncDispose]();
  assert.equal(await hanging, 'TypeError');
});

test('a slow answer does not arrive before its time', async () => {
  const fixture = await openFixture();
  const { faults, requests } = fixture.github;
  faults.slowMs = 3_600_000;
  faults.next('slow');
  let outcome = 'none';
  const slow = fixture.get(PATH).then(
    () => (outcome = 'answered'),
    () => (outcome = 'cut off'),
  );
  while (requests.total() === 0) await immediate();
  assert.equal((await fixture.get(PATH)).status, 200);
  assert.equal(outcome, 'none');
  await fixture[Symbol.asyncDispose]();
  assert.equal(await slow, 'cut off');
});

test('a fault may be limited to one endpoint', async () => {
  await using fixture = await openFixture();
  fixture.github.faults.next('error', 1, 'GET /meta');
  assert.equal((await fixture.get(PATH)).status, 200);
  assert.ok((await fixture.get('/meta')).status >= 500);
});

test('shares of requests are picked at random, the same ones for the same seed', () => {
  const drawn = (seed: string) => {
    const faults = createFaults(seed);
    faults.shares = { error: 0.2, hang: 0.1 };
    return Array.from({ length: 5000 }, () => faults.draw('GET /app'));
  };
  const draws = drawn('a');
  const share = (kind: string) => draws.filter((each) => each === kind).length / draws.length;
  assert.ok(Math.abs(share('error') - 0.2) < 0.02 && Math.abs(share('hang') - 0.1) < 0.02);
  assert.deepEqual(draws, drawn('a'));
  assert.notDeepEqual(draws, drawn('b'));
});

test('every answer has a request id and the current time; requests without a user agent are refused', async () => {
  await using fixture = await openFixture({ hereClock: () => END_MS + 5000 });
  const { headers } = await fixture.get('/meta');
  assert.match(headers.get('x-github-request-id') ?? '', /^[0-9A-F]{4}(:[0-9A-F]{6,8}){4}$/);
  assert.equal(Date.parse(headers.get('date') ?? ''), END_MS + 5000);
  assert.equal(headers.get('x-github-api-version-selected'), '2022-11-28');
  const old = await fixture.get('/meta', { 'x-github-api-version': '2019-01-01' });
  assert.equal(old.status, 400);
  const [nameless] = (await once(request(`${fixture.github.url}/meta`).end(), 'response')) as [
    IncomingMessage,
  ];
  nameless.resume();
  assert.equal(nameless.statusCode, 403);
});
