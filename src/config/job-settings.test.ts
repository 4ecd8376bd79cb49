import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSettings } from './load-settings.ts';

function load(env: Readonly<Record<string, string>>) {
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: false });
  if ('settings' in loaded) return { jobs: loaded.settings.jobs, faulty: [] };
  return { jobs: null, faulty: loaded.problems.map(({ setting }) => setting) };
}

test('an audience requires the ids of those who may use it', () => {
  const audience = { ANT_WATCHER_JOBS_OIDC_AUDIENCE: 'https://ant-watcher.example' };
  assert.deepEqual(load(audience).faulty, ['jobs.allowed_owners']);
  for (const name of ['OWNERS', 'REPOSITORIES'])
    assert.deepEqual(load({ ...audience, [`ANT_WATCHER_JOBS_ALLOWED_${name}`]: '9919, 70' }).faulty, []);
});

test('names instead of ids, and issuers without TLS, are refused', () => {
  assert.deepEqual(load({ ANT_WATCHER_JOBS_ALLOWED_OWNERS: 'octo' }).faulty, ['jobs.allowed_owners']);
  assert.deepEqual(load({ ANT_WATCHER_JOBS_ALLOWED_REPOSITORIES: 'octo/hill' }).faulty, [
    'jobs.allowed_repositories',
  ]);
  for (const issuer of [
    'http://issuer.example',
    'issuer.example',
    'https://u:p@issuer.example',
    'https://i.example?x',
  ])
    assert.deepEqual(load({ ANT_WATCHER_JOBS_OIDC_ISSUER: issuer }).faulty, ['jobs.oidc_issuer'], issuer);
  for (const issuer of ['https://ghes.example/_services/token', 'http://127.0.0.1:9000'])
    assert.equal(load({ ANT_WATCHER_JOBS_OIDC_ISSUER: issuer }).jobs?.oidcIssuer, issuer);
});
