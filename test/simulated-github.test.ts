import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { ENDPOINTS, nameOf } from '../simulator/rest/router.ts';
import { runsOf } from '../simulator/world.ts';
import { type Fixture, type Json, openFixture, smallWorld, TOKEN } from './fixtures/simulated-rest.ts';
import { readGitHubOpenApi } from './github-openapi.ts';

/*
 * The simulated GitHub checked against GitHub's own description of its API.
 */

const openApi = readGitHubOpenApi();
const ORG = '/orgs/lumen-works';
const HOOKS = ['app', 'organization', 'repository'] as const;

for (const seed of ['one', 'two', 'three']) {
  test(`every answer has the form that GitHub describes (world ${seed})`, async () => {
    await using fixture = await openFixture({ hooks: HOOKS }, smallWorld(seed, 30));
    for (const each of [...deliveriesOf(fixture.world)].slice(-60)) fixture.github.log.recordLost(each);
    fixture.nowMs += 60_000;
    const addresses = {
      ...placesOfApp(fixture),
      ...placesOfWorld(fixture),
      ...(await placesOfHooks(fixture)),
    };
    assert.deepEqual(Object.keys(addresses).sort(), ENDPOINTS.map(nameOf).sort());
    const installation = await fixture.installationToken();
    for (const endpoint of ENDPOINTS) {
      const { method, path, access } = endpoint;
      const token = { app: fixture.jwt(), installation }[String(access.to)] ?? TOKEN;
      const asked = addresses[nameOf(endpoint)] ?? [];
      assert.ok(asked.length > 0, path);
      for (const address of asked) {
        const { status, body } = await fixture.ask(address, { method, headers: bearer(token) });
        assert.ok(status >= 200 && status <= 202, `${method} ${address}: ${JSON.stringify(body)}`);
        assert.deepEqual(openApi.validator(method, path, status)(body), [], `${method} ${address}`);
      }
    }
  });
}

type Addresses = Record<string, string[]>;

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

function placesOfApp({ github }: Fixture): Addresses {
  const [latest] = github.log.entries();
  return {
    'GET /meta': ['/meta'],
    'GET /rate_limit': ['/rate_limit'],
    'GET /app': ['/app'],
    'GET /app/installations': ['/app/installations'],
    'POST /app/installations/{installation_id}/access_tokens': ['/app/installations/23154469/access_tokens'],
    'GET /app/hook/deliveries': ['/app/hook/deliveries?per_page=100'],
    'GET /app/hook/deliveries/{delivery_id}': github.log
      .entries()
      .map(({ id }) => `/app/hook/deliveries/${id}`),
    'POST /app/hook/deliveries/{delivery_id}/attempts': [`/app/hook/deliveries/${latest?.id}/attempts`],
    'GET /installation/repositories': ['/installation/repositories'],
    'GET /orgs/{org}/repos': [`${ORG}/repos`],
    'GET /orgs/{org}/actions/runners': [`${ORG}/actions/runners`],
    'GET /orgs/{org}/actions/runner-groups': [`${ORG}/actions/runner-groups`],
    'GET /enterprises/{enterprise}/actions/runners': ['/enterprises/lumen-group/actions/runners'],
    'GET /enterprises/{enterprise}/actions/runner-groups': ['/enterprises/lumen-group/actions/runner-groups'],
    'GET /organizations/{org}/settings/billing/usage': [
      ...['', '?year=2026', '?year=2026&month=11', '?day=20'].map(
        (period) => `/organizations/lumen-works/settings/billing/usage${period}`,
      ),
    ],
    'GET /users/{username}/settings/billing/usage': ['/users/mira-holt/settings/billing/usage'],
    'GET /enterprises/{enterprise}/settings/billing/usage': [
      '/enterprises/lumen-group/settings/billing/usage',
    ],
    'GET /user': ['/user'],
    'GET /user/repos': ['/user/repos?affiliation=owner,collaborator'],
    'GET /users/{username}/repos': ['/users/mira-holt/repos', '/users/lumen-works/repos'],
  };
}

function placesOfWorld({ world }: Fixture): Addresses {
  const repositories = world.population.repositories.map((each) => `/repos/${each.fullName}`);
  const inRepositories = (path: string) => repositories.map((each) => each + path);
  const runs = [...runsOf(world)].map((run) => ({
    run,
    address: `/repos/${run.repository.fullName}/actions/runs/${run.id}`,
  }));
  const attempts = runs.flatMap(({ run, address }) =>
    run.attempts
      .filter((each) => each.startedMs <= world.endMs)
      .map((each) => ({ attempt: each, address: `${address}/attempts/${each.number}`, run })),
  );
  const jobs = attempts.flatMap(({ run, attempt }) =>
    attempt.jobs
      .filter((each) => (each.moments[0]?.atMs ?? 0) <= world.endMs)
      .map((each) => `/repos/${run.repository.fullName}/actions/jobs/${each.id}`),
  );
  const annotated = attempts.flatMap(({ run, attempt }) =>
    attempt.jobs
      .filter((each) => each.kind !== 'skipped')
      .map((each) => `/repos/${run.repository.fullName}/check-runs/${each.id}/annotations?per_page=100`),
  );
  const [repository, ofRun] = ['GET /repos/{owner}/{repo}', 'GET /repos/{owner}/{repo}/actions/runs'];
  return {
    [repository]: repositories,
    [`${repository}/actions/workflows`]: inRepositories('/actions/workflows'),
    [`${repository}/actions/runners`]: inRepositories('/actions/runners'),
    [ofRun]: inRepositories('/actions/runs?per_page=100'),
    [`${ofRun}/{run_id}`]: runs.map(({ address }) => address),
    [`${ofRun}/{run_id}/jobs`]: runs.map(({ address }) => `${address}/jobs?filter=all&per_page=100`),
    [`${ofRun}/{run_id}/attempts/{attempt_number}`]: attempts.map(({ address }) => address),
    [`${ofRun}/{run_id}/attempts/{attempt_number}/jobs`]: attempts.map(({ address }) => `${address}/jobs`),
    [`${repository}/actions/jobs/{job_id}`]: jobs,
    [`${repository}/check-runs/{check_run_id}/annotations`]: annotated,
  };
}

async function placesOfHooks(fixture: Fixture): Promise<Addresses> {
  const { fullName } = fixture.github.log.entries().find(({ delivery }) => delivery.event === 'workflow_job')
    ?.delivery.repository ?? { fullName: '' };
  const addresses: Addresses = {};
  for (const [template, place] of [
    ['/repos/{owner}/{repo}', `/repos/${fullName}`],
    ['/orgs/{org}', ORG],
  ] as const) {
    const hooks = await fixture.get<Json[]>(`${place}/hooks`);
    const hook = `${place}/hooks/${hooks.body[0]?.id}`;
    const deliveries = await fixture.get<Json[]>(`${hook}/deliveries`);
    const one = deliveries.body.map(({ id }) => `${hook}/deliveries/${id}`);
    addresses[`GET ${template}/hooks`] = [`${place}/hooks`];
    addresses[`GET ${template}/hooks/{hook_id}/deliveries`] = [`${hook}/deliveries`];
    addresses[`GET ${template}/hooks/{hook_id}/deliveries/{delivery_id}`] = one;
    addresses[`POST ${template}/hooks/{hook_id}/deliveries/{delivery_id}/attempts`] = one
      .slice(0, 1)
      .map((each) => `${each}/attempts`);
  }
  return addresses;
}

/** By endpoint, what may be missing from its answer: everything else is required. */
const OPTIONAL: readonly [string, string, string[]][] = [
  ['/repos/{owner}/{repo}/actions/jobs/{job_id}', 'job', ['run_attempt', 'steps']],
  [
    '/repos/{owner}/{repo}/actions/runs/{run_id}',
    'run',
    [
      ...['actor', 'check_suite_id', 'check_suite_node_id', 'name', 'previous_attempt_url'],
      ...['referenced_workflows', 'run_attempt', 'run_started_at', 'triggering_actor'],
    ],
  ],
  ['/app/hook/deliveries/{delivery_id}', 'delivery', ['throttled_at', 'url']],
];

for (const [path, name, optional] of OPTIONAL) {
  test(`a ${name} without a required member, or with an unknown one, does not have the form that GitHub describes`, async () => {
    await using fixture = await openFixture();
    const addresses = { ...placesOfWorld(fixture) };
    for (const each of deliveriesOf(fixture.world)) fixture.github.log.recordLost(each);
    const { id } = fixture.github.log.entries()[0] ?? { id: 0 };
    const address = addresses[`GET ${path}`]?.[0] ?? `/app/hook/deliveries/${id}`;
    const token = path.startsWith('/app') ? fixture.jwt() : TOKEN;
    const { body } = await fixture.get(address, bearer(token));
    const validate = openApi.validator('GET', path, 200);
    assert.deepEqual(validate(body), []);
    assert.notDeepEqual(validate({ ...body, invented: 1 }), []);
    const without = (key: string) =>
      Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
    const dispensable = Object.keys(body).filter((key) => validate(without(key)).length === 0);
    assert.deepEqual(dispensable.sort(), optional.sort());
  });
}
