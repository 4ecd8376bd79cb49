import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fixture, type Json, newApp, openFixture } from '../../test/fixtures/simulated-rest.ts';
import { deliveriesOf } from '../deliveries.ts';

const PUBLIC = '/repos/lumen-works/web-shop';
const PRIVATE = '/repos/lumen-works/payments';

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

async function refusal(fixture: Fixture, path: string, headers?: Record<string, string>): Promise<string> {
  const { status, body } =
    headers === undefined ? await fixture.ask(path, {}) : await fixture.get(path, headers);
  return `${status} ${body.message ?? ''}`.trim();
}

test('without a token only public repositories are visible, and a wrong token gives no access', async () => {
  await using fixture = await openFixture();
  assert.equal(await refusal(fixture, `${PUBLIC}/actions/runs`), '200');
  assert.equal(await refusal(fixture, PRIVATE), '404 Not Found');
  assert.equal(await refusal(fixture, `${PUBLIC}/actions/runners`), '401 Requires authentication');
  assert.equal(await refusal(fixture, PUBLIC, bearer('ghp_wrong')), '401 Bad credentials');
  assert.equal(await refusal(fixture, PRIVATE, {}), '200');
  assert.equal(await refusal(fixture, PRIVATE, { authorization: 'Basic abc' }), '401 Bad credentials');
});

test('a JWT must be signed with the App’s key, for ten minutes, by a correct clock', async () => {
  await using fixture = await openFixture();
  const nowS = fixture.nowMs / 1000;
  const withJwt = (claims: Json) => refusal(fixture, '/app', bearer(fixture.jwt(claims)));
  assert.equal(await withJwt({}), '200');
  assert.equal(await withJwt({ iss: 'Iv23liOfTheTests' }), '200');
  assert.equal(await withJwt({ iss: 7 }), '404 Integration not found');
  assert.match(await withJwt({ exp: nowS - 1 }), /^401 'Expiration time' claim \('exp'\) must be/);
  assert.match(await withJwt({ exp: nowS + 900 }), /^401 'Expiration time' .* too far in the future/);
  assert.match(await withJwt({ iat: nowS + 120 }), /^401 'Issued at' claim \('iat'\)/);
  await using other = await openFixture({ app: newApp().app });
  assert.match(await refusal(other, '/app', bearer(other.jwt())), /^401 A JSON web token could not/);
  assert.match(await refusal(fixture, '/app', {}), /^401 A JSON web token could not/);
  assert.match(await refusal(fixture, PUBLIC, bearer(fixture.jwt())), /^403 Resource not accessible by int/);
});

test('an installation token gives access to its account for an hour', async () => {
  await using fixture = await openFixture();
  const token = bearer(await fixture.installationToken());
  assert.equal(await refusal(fixture, PRIVATE, token), '200');
  assert.equal(await refusal(fixture, `${PRIVATE}/actions/runs`, token), '200');
  const personal = fixture.world.population.repositories.find(({ owner }) => owner.type === 'User');
  assert.ok(personal);
  const elsewhere = `/repos/${personal.fullName}/actions/runs`;
  assert.match(await refusal(fixture, elsewhere, token), personal.private ? /^404/ : /^403 Resource not/);
  fixture.nowMs += 3_599_000;
  assert.equal(await refusal(fixture, PRIVATE, token), '200');
  fixture.nowMs += 2000;
  assert.equal(await refusal(fixture, PRIVATE, token), '401 Bad credentials');
});

test('an installation lists its own repositories, and other credentials have no such list', async () => {
  await using fixture = await openFixture();
  const { body } = await fixture.get('/installation/repositories', bearer(await fixture.installationToken()));
  const names = (body.repositories as Json[]).map((each) => each.full_name);
  const owned = fixture.world.population.repositories.filter(({ owner }) => owner.login === 'lumen-works');
  assert.deepEqual(
    names,
    owned.map((each) => each.fullName),
  );
  assert.match(
    await refusal(fixture, '/installation/repositories', {}),
    /^403 You must authenticate with an inst/,
  );
  const { body: installations } = await fixture.get<Json[]>('/app/installations', bearer(fixture.jwt()));
  const accounts = installations.map(({ account }) => (account as Json).login);
  assert.deepEqual(accounts, ['lumen-works', 'mira-holt']);
  const ids = new Map(installations.map(({ id, account }) => [(account as Json).login, id]));
  const recipients = Array.from(deliveriesOf(fixture.world), ({ repository, body }) => ({
    owner: repository.owner.login,
    installation: JSON.parse(body()).installation.id as unknown,
  }));
  assert.equal(new Set(recipients.map(({ installation }) => installation)).size, 2);
  assert.ok(recipients.every(({ owner, installation }) => ids.get(owner) === installation));
});

test('a token can be limited to some permissions and repositories', async () => {
  await using fixture = await openFixture();
  const shop = fixture.world.population.repositories.find(({ name }) => name === 'web-shop');
  const narrow = bearer(await fixture.installationToken({ permissions: { metadata: 'read' } }));
  assert.equal(await refusal(fixture, PRIVATE, narrow), '200');
  assert.match(await refusal(fixture, `${PRIVATE}/actions/runs`, narrow), /^403 Resource not accessible/);
  const chosen = bearer(await fixture.installationToken({ repository_ids: [shop?.id] }));
  assert.equal(await refusal(fixture, `${PUBLIC}/actions/runs`, chosen), '200');
  assert.equal(await refusal(fixture, PRIVATE, chosen), '404 Not Found');
  assert.equal(await fixture.installationToken({ permissions: { contents: 'read' } }), undefined);
  assert.equal(await fixture.installationToken({ repository_ids: [1] }), undefined);
});

test('a token may be refused before its hour is over', async () => {
  await using fixture = await openFixture({ tokenLifeMs: 5000 });
  const token = bearer(await fixture.installationToken());
  fixture.nowMs += 4999;
  assert.equal(await refusal(fixture, PRIVATE, token), '200');
  fixture.nowMs += 1;
  assert.equal(await refusal(fixture, PRIVATE, token), '401 Bad credentials');
  assert.equal(await refusal(fixture, PRIVATE, bearer(await fixture.installationToken())), '200');
});

test('a withdrawn permission is 403 from then on, a hidden repository 404', async () => {
  await using fixture = await openFixture();
  const token = bearer(await fixture.installationToken());
  fixture.github.withdrawn.add('actions');
  const runs = `${PRIVATE}/actions/runs`;
  assert.equal(await refusal(fixture, runs, token), '403 Resource not accessible by integration');
  assert.equal(await refusal(fixture, runs, {}), '403 Resource not accessible by personal access token');
  fixture.github.hidden.add('lumen-works/payments');
  assert.equal(await refusal(fixture, PRIVATE, token), '404 Not Found');
  const { body } = await fixture.get<Json[]>('/orgs/lumen-works/repos');
  assert.ok(body.length > 0 && body.every((each) => each.full_name !== 'lumen-works/payments'));
});

test('the public repositories of a user are listed; an unknown user has none', async () => {
  await using fixture = await openFixture();
  const { body } = await fixture.get<Json[]>('/users/lumen-works/repos');
  assert.ok(body.length > 0 && body.every((each) => each.private === false));
  assert.equal(await refusal(fixture, '/orgs/mira-holt/repos', {}), '404 Not Found');
  assert.equal(await refusal(fixture, '/users/nobody/repos', {}), '404 Not Found');
});
