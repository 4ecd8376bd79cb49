import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generateDocs } from '../scripts/generate-docs.ts';
import { loadSettings } from '../src/config/load-settings.ts';
import { environmentNameOf, flagOf } from '../src/config/setting.ts';
import { listSettings } from '../src/config/settings.ts';
import { METRICS } from '../src/domain/catalogue.ts';
import { ERROR_CODES } from '../src/domain/error-codes.ts';
import { LOG_EVENTS } from '../src/domain/log-events/log-events.ts';

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
}

test('the generated files are up to date (npm run docs writes them)', () => {
  assert.deepEqual(generateDocs({ check: true }), []);
});

test('the pages contain every setting and every metric', () => {
  const configuration = read('docs/configuration.md');
  for (const { name, secret } of listSettings()) {
    for (const text of [
      `\`${name}\``,
      environmentNameOf(name),
      secret ? `${environmentNameOf(name)}_FILE` : flagOf(name),
    ]) {
      assert.ok(configuration.includes(text), text);
    }
  }
  const metrics = read('docs/metrics.md');
  for (const { name, help } of METRICS) assert.ok(metrics.includes(`\`${name}\`\n\n${help}`), name);
});

test('the example configurations equal the defaults', () => {
  const cwd = new URL('../', import.meta.url).pathname;
  const load = (...flags: string[]) => loadSettings({ flags, env: {}, cwd, forServing: false });
  const defaults = loadSettings({ flags: [], env: {}, cwd: '/nonexistent', forServing: false });
  assert.ok('settings' in defaults);
  for (const file of ['config/config.example.json', 'config/config.example.yaml']) {
    const loaded = load('--config', file);
    assert.ok('settings' in loaded, JSON.stringify(loaded));
    assert.deepEqual(loaded.settings, defaults.settings);
  }
});

test('the page of errors has every code, and every warning and error of the log', () => {
  const errors = read('docs/errors.md');
  for (const code of Object.keys(ERROR_CODES)) assert.ok(errors.includes(`| \`${code}\` |`), code);
  for (const [code, { level, message }] of Object.entries(LOG_EVENTS))
    assert.ok(errors.includes(`| ${level} | ${message} | \`${code}\` |`), code);
});
