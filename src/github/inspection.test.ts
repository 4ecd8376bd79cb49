import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from './answers.ts';
import { openInspection } from './inspection.ts';

/**
 * As GitHub shows it: the secret is asterisks, or missing; `insecure_ssl` is a text
 * or a number.
 */
const CONFIG = {
  url: 'https://ants.example/webhook',
  content_type: 'json',
  insecure_ssl: '0',
  secret: '********',
};
const READ = { url: CONFIG.url, contentType: 'json', isVerified: true, hasSecret: true };

function inspect(routes: Record<string, unknown>) {
  return openInspection({
    async *pages() {},
    get: async (route) => (route in routes ? ok(routes[route]) : ({ kind: 'missing' } as const)),
  });
}

test("a hook's settings are read, and the App's hook has its own endpoint", async () => {
  const { url } = CONFIG;
  const app = { '/app': { events: ['workflow_job'] }, '/app/hook/config': CONFIG };
  const hooks = [
    { id: 1, active: true, events: [], config: CONFIG },
    { id: 2, active: true, events: [], config: { url, insecure_ssl: 1 } },
    { id: 3, active: true, events: [], config: {} },
  ];
  const seen = inspect({ ...app, '/orgs/{org}/hooks': hooks });
  const [ofApp, ofOwner] = [await seen.appHook(), await seen.hooks('octo')];
  assert.ok(ofApp.kind === 'ok' && ofOwner.kind === 'ok');
  assert.deepEqual(
    [...ofApp.data, ...ofOwner.data].map(({ config }) => config),
    [READ, READ, { url, contentType: 'form', isVerified: false, hasSecret: false }, null],
  );
});

test('an App whose configuration is not visible still has a hook', async () => {
  const seen = await inspect({ '/app': { events: ['workflow_job'] } }).appHook();
  assert.ok(seen.kind === 'ok');
  assert.deepEqual(
    seen.data.map(({ events, config }) => [events, config]),
    [[['workflow_job'], null]],
  );
});
