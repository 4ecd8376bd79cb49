import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../simulator/rest/endpoint.ts';
import { ENDPOINTS, nameOf } from '../simulator/rest/router.ts';
import { type Fixture, openFixture, TOKEN } from './fixtures/simulated-rest.ts';
import { readGitHubOpenApi } from './github-openapi.ts';

/*
 * The simulated GitHub refuses, for limits, on request or because it has to, as GitHub's description of its
 * API says: for each endpoint as listed there, otherwise in the general form of errors.
 */

const openApi = readGitHubOpenApi();

interface Refusal {
  readonly statuses: readonly number[];
  /** Makes the next request hit it. */
  provoke(fixture: Fixture): void;
  /** By default, the right one. */
  readonly token?: string;
  /** Headers that come with it. */
  readonly headers?: readonly string[];
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'an invalid token': { statuses: [401], provoke: () => {}, token: 'ghp_wrong' },
  'the primary limit': {
    statuses: [403],
    provoke: ({ github }) => github.limits.useUp(),
    headers: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
  },
  'a secondary limit': {
    statuses: [403],
    provoke: ({ github }) => github.limits.slowDown(30),
    headers: ['retry-after', 'x-ratelimit-remaining'],
  },
  'an error': { statuses: [500, 502, 503], provoke: ({ github }) => github.faults.next('error') },
};

for (const [name, refusal] of Object.entries(REFUSALS)) {
  test(`every endpoint refuses in the form that GitHub describes: ${name}`, async () => {
    for (const endpoint of ENDPOINTS) {
      if (nameOf(endpoint) === 'GET /rate_limit' && name === 'the primary limit') continue;
      await using fixture = await openFixture({ hooks: ['app', 'organization', 'repository'] });
      const token = refusal.token ?? (await tokenFor(endpoint, fixture));
      const ask = () =>
        fixture.ask(pathOf(endpoint), {
          method: endpoint.method,
          headers: { authorization: `Bearer ${token}` },
        });
      // An unknown credential has no limit to exhaust.
      if (refusal.token === undefined) await ask();
      refusal.provoke(fixture);
      const { status, headers, body } = await ask();
      assert.ok(refusal.statuses.includes(status), `${nameOf(endpoint)}: ${status}`);
      assert.deepEqual(
        openApi.refusal(endpoint.method, endpoint.path, status)(body),
        [],
        `${nameOf(endpoint)} ${status}`,
      );
      for (const header of refusal.headers ?? [])
        assert.ok(headers.has(header), `${nameOf(endpoint)} ${header}`);
    }
  });
}

test('unknown resources are answered in the form that GitHub describes', async () => {
  await using fixture = await openFixture();
  for (const endpoint of ENDPOINTS.filter(({ path }) => path.includes('{'))) {
    const { method } = endpoint;
    const headers = { authorization: `Bearer ${await tokenFor(endpoint, fixture)}` };
    const missing = endpoint.path.replaceAll(/\{\w+\}/g, '404');
    const { status, body } = await fixture.ask(missing, { method, headers });
    assert.equal(status, 404, nameOf(endpoint));
    assert.deepEqual(openApi.refusal(method, endpoint.path, 404)(body), [], nameOf(endpoint));
  }
});

async function tokenFor({ access }: Endpoint, fixture: Fixture): Promise<string> {
  if (access.to === 'app') return fixture.jwt();
  return access.to === 'installation' ? fixture.installationToken() : TOKEN;
}

/** Which object it is makes no difference to the refusal. */
function pathOf({ path }: Endpoint): string {
  return path
    .replace('{owner}/{repo}', 'lumen-works/web-shop')
    .replace('{org}', 'lumen-works')
    .replace('{installation_id}', '23154469')
    .replaceAll(/\{\w+\}/g, '1');
}
