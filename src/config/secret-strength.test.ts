import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortSecrets, weakSecrets } from './secret-strength.ts';

function settingsWith(
  secrets: readonly string[],
  tokens: readonly string[] = [],
  basicAuths: readonly string[] = [],
) {
  return { webhook: { secrets }, api: { tokens, basicAuths } };
}

test('a secret of fewer than 8 bytes is refused, each one named by its setting', () => {
  const names = (...given: Parameters<typeof settingsWith>) =>
    shortSecrets(settingsWith(...given)).map(({ setting }) => setting);
  assert.deepEqual(names(['1234567']), ['webhook.secret']);
  assert.deepEqual(names(['12345678']), []);
  assert.deepEqual(names(['öäüß']), [], 'bytes, not letters');
  assert.deepEqual(names(['a'.repeat(64), 'hunter2'], ['hunter2'], ['a-long-user-name:hunter2']), [
    'webhook.secret',
    'api.tokens',
    'api.basic_auth',
  ]);
  assert.doesNotMatch(JSON.stringify(shortSecrets(settingsWith(['hunter2']))), /hunter2/);
});

test('a secret of fewer than 16 bytes is weak', () => {
  assert.deepEqual(
    weakSecrets(settingsWith(['123456789012345'])).map(({ setting }) => setting),
    ['webhook.secret'],
  );
  assert.deepEqual(weakSecrets(settingsWith(['1234567890123456'], [], ['u:1234567890123456'])), []);
});
