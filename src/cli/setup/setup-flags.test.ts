import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setupFlags } from './setup-flags.ts';

const URL_FLAG = ['--webhook-url', 'https://ants.example.com/webhook'];

test('flags of the command are separated from those of settings', () => {
  const { plan, rest, port, isPrinted } = setupFlags([
    ...['--github.api-url', 'https://github.octo.example/api/v3', '--org=octo-org', '--print'],
    ...[...URL_FLAG, '--port', '8123', '--config', 'ants.yaml'],
  ]);
  assert.deepEqual(rest, ['--github.api-url', 'https://github.octo.example/api/v3', '--config', 'ants.yaml']);
  assert.deepEqual([plan.org, plan.name, port, isPrinted], ['octo-org', 'ant-watcher-octo-org', 8123, true]);
  assert.deepEqual(plan.parts, ['runs', 'deployments', 'runners']);
});

test('what GitHub would refuse is refused before the App is created', () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [[], /--webhook-url is missing/],
    [['--webhook-url', 'ants.example.com'], /begins with https/],
    [['--webhook-url', 'http://localhost:8080/webhook'], /this machine itself/],
    [['--webhook-url', 'https://127.0.0.1/webhook'], /this machine itself/],
    [['--webhook-url', 'https://octo:pass@ants.example.com/'], /has a user or a password/],
    [[...URL_FLAG, '--org', 'octo/org'], /name of an organization/],
    [[...URL_FLAG, '--name', 'x'.repeat(35)], /34 characters/],
    [[...URL_FLAG, '--parts', 'runs,runner'], /no "runner"/],
    [[...URL_FLAG, '--parts', 'billing'], /needs --org/],
    [[...URL_FLAG, '--port', '70000'], /--port/],
    [['--webhook-url'], /webhook-url/],
  ];
  for (const [args, message] of wrong) assert.throws(() => setupFlags(args), { code: 'usage', message });
});

test('runs are always a part, and the parts of organizations only with one', () => {
  assert.deepEqual(setupFlags(URL_FLAG).plan.parts, ['runs', 'deployments']);
  assert.deepEqual(setupFlags([...URL_FLAG, '--parts', 'annotations']).plan.parts, ['runs', 'annotations']);
});
