import assert from 'node:assert/strict';
import { loadSettings } from '../../src/config/load-settings.ts';

/**
 * For tests: that the service would start with these variables, secrets apart, and that no secret is written in them.
 */
export function expectGoodSettings(env: Readonly<Record<string, string>>): void {
  const loaded = loadSettings({ flags: [], env, cwd: '/', forServing: true, withoutSecrets: true });
  assert.deepEqual('problems' in loaded ? loaded.problems : [], []);
  for (const [name, value] of Object.entries(env)) {
    const isSecret = /SECRET|TOKEN|PASSWORD|KEY|AUTH/.test(name);
    assert.ok(!isSecret || (name.endsWith('_FILE') && value.startsWith('/run/secrets/')), `${name}=${value}`);
  }
}
