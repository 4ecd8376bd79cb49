import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';
import type { ReloadOutcome } from '../domain/reload.ts';

const POST = { method: 'POST', headers: { 'Content-Type': 'application/json' } };

function answering(outcome: ReloadOutcome) {
  return { isReloadAllowed: () => true, reload: async () => outcome };
}

test('the answer lists what was applied, and what needs a restart', async (t) => {
  const outcome = { kind: 'applied', applied: ['api.tokens'], needsRestart: ['api.port'] } as const;
  const { url } = await openFixture(t, answering(outcome));
  const { status, text } = await ask(`${url}/-/reload`, POST);
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(text), { applied: ['api.tokens'], needs_restart: ['api.port'] });
});

test('every problem of an invalid configuration is listed', async (t) => {
  const problems = [{ setting: 'api.port', where: 'a.json line 3', what: 'must be a port', hint: '8080' }];
  const { url } = await openFixture(t, answering({ kind: 'refused', problems }));
  const response = await fetch(`${url}/-/reload`, POST);
  assert.equal(response.status, 400);
  const { error, problems: told } = (await response.json()) as Record<string, unknown>;
  assert.equal((error as { code: string }).code, 'config_invalid');
  assert.deepEqual(told, problems);
});

test('a reload that is impossible at the moment is to be tried again', async (t) => {
  const { url } = await openFixture(
    t,
    answering({ kind: 'unavailable', reason: 'The service is starting.' }),
  );
  const { status, code, headers } = await ask(`${url}/-/reload`, POST);
  assert.deepEqual([status, code, headers.get('Retry-After')], [503, 'reload_unavailable', '5']);
});

test('GET, a form from another page, a missing token or a closed route reloads nothing', async (t) => {
  let reloads = 0;
  const options = {
    isReloadAllowed: () => reloads > 0,
    async reload(): Promise<ReloadOutcome> {
      reloads += 1;
      return { kind: 'applied', applied: [], needsRestart: [] };
    },
  };
  const { url } = await openFixture(t, { ...options, access: { tokens: ['one'] } });
  const headers = { Authorization: 'Bearer one' };
  const tries: readonly RequestInit[] = [
    { headers },
    { method: 'POST', headers: { ...headers, 'Content-Type': 'text/plain' } },
    POST,
    { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' } },
  ];
  const statuses: number[] = [];
  for (const each of tries) statuses.push((await ask(`${url}/-/reload`, each)).status);
  assert.deepEqual(statuses, [404, 415, 401, 403]);
  assert.equal(reloads, 0);
});
