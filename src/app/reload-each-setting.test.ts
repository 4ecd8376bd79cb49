import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { loadSettings } from '../config/load-settings.ts';
import { environmentNameOf } from '../config/setting.ts';
import { listSettings, type Settings } from '../config/settings.ts';
import type { EngineValues } from '../engine/rules.ts';
import { applySettings } from './reload.ts';
import { appRules } from './rules.ts';

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** With receivers and a login, so that their settings have an effect. */
const BASE = {
  ANT_WATCHER_WEBHOOK_SECRET: 'secret-one',
  ANT_WATCHER_PUSH_URL: 'http://127.0.0.1:9',
  ANT_WATCHER_PUSH_SNAPSHOT_INTERVAL: '5s',
  ANT_WATCHER_OTLP_ENDPOINT: 'http://127.0.0.1:7',
  ANT_WATCHER_JOBS_ALLOWED_OWNERS: '1',
  ANT_WATCHER_GITHUB_TOKEN: 'ghp_1',
  ANT_WATCHER_GITHUB_APP_ID: '1',
  ANT_WATCHER_GITHUB_APP_PRIVATE_KEY: newKey(),
};
const REPLACED = [
  'retentionMs',
  'stepsRetentionMs',
  'metrics',
  'priceRules',
  'asksReasons',
  'push',
  'otlp',
  'ttlMs',
] as const satisfies (keyof EngineValues)[];
/** For settings whose example equals the default, or has no effect here. */
const OTHERS: Readonly<Record<string, string>> = {
  'webhook.secret': 'secret-two',
  'api.tokens': 'token-one',
  'api.basic_auth': 'ant:hill-hill',
  'jobs.oidc_issuer': 'https://github.example/_services/token',
  'jobs.allowed_owners': '2',
  'push.url': 'http://127.0.0.1:8',
  'push.protocol': 'remote_write',
  'push.basic_auth': 'ant:hill',
  'push.token': 'token',
  'push.headers': 'X-One: 1',
  'push.ca_file': '/nonexistent',
  'otlp.endpoint': 'http://127.0.0.1:6',
  'otlp.ca_file': '/nonexistent',
  'otlp.protocol': 'http/json',
  'otlp.compression': 'none',
  'otlp.traces': 'false',
  'otlp.metrics_interval': '1m',
  'otlp.ids': 'legacy',
  'otlp.style': 'githubreceiver',
  'otlp.steps': 'none',
  'otlp.runs': 'failed',
  'github.api_url': 'http://127.0.0.1:9',
  'github.ca_file': '/nonexistent',
  'github.token': 'ghp_2',
  'github.app_id': '2',
  'github.app_private_key': newKey(),
  'metrics.exemplars': 'false',
  'log.level': 'error',
  'metrics.repository_labels_file': fileURLToPath(
    new URL('../../test/fixtures/repository-labels.yaml', import.meta.url),
  ),
};

function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: true });
  assert.ok('settings' in loaded, inspect(loaded));
  return loaded.settings;
}

/**
 * Everything that the parts receive from these settings, as text; or the problem that one of them reports.
 */
async function toldOf(settings: Settings): Promise<string> {
  const told: unknown[] = [];
  const current = { rules: appRules(settingsOf(BASE)) };
  const parts = {
    ...{ version: '1.2.3', limitBytes: 1e9, current },
    host: {
      async configure(values: EngineValues, level: string) {
        told.push(...REPLACED.map((key) => values[key]), level);
      },
    },
    sync: {
      prepare({ github, recovery, storage, metrics }: Settings) {
        told.push(github, recovery, storage.retentionMs, metrics.runnerLabels);
        return null;
      },
      async switchTo() {},
    },
    snapshots: { pushEvery: (intervalMs: number | null) => void told.push(intervalMs) },
    ownWork: { listen: (share: number) => void told.push(share) },
    setLogLevel: (level: string) => void told.push(level),
  };
  try {
    await applySettings(settings, parts as unknown as Parameters<typeof applySettings>[1]);
  } catch (error) {
    return String(error);
  }
  return inspect([told, current.rules], { depth: 20, maxArrayLength: null });
}

const RELOADED = listSettings().filter(({ applies }) => applies !== 'restart');

for (const { name, kind, default: byDefault } of RELOADED) {
  test(`a change of ${name} reaches the part that uses it`, async () => {
    const example = OTHERS[name] ?? (kind.example === byDefault ? '7' : kind.example);
    // There are no others beside `push.url`.
    const { ANT_WATCHER_PUSH_URL, ...others } = BASE;
    const base = name === 'sinks' ? others : BASE;
    const changed = settingsOf({ ...base, [environmentNameOf(name)]: example });
    assert.ok((await toldOf(changed)) !== (await toldOf(settingsOf(BASE))), 'it reaches no part');
  });
}

test('the engine gets its changes first, and when it refuses them nothing changes', async () => {
  const calls: string[] = [];
  const before = appRules(settingsOf(BASE));
  const current = { rules: before };
  const parts = {
    ...{ version: '1.2.3', limitBytes: 1e9, current },
    host: {
      async configure() {
        throw new Error('refused');
      },
    },
    sync: { prepare: () => null, switchTo: async () => void calls.push('sync') },
    snapshots: { pushEvery: () => void calls.push('snapshots') },
    ownWork: { listen: () => void calls.push('own work') },
    setLogLevel: () => void calls.push('level'),
  };
  await assert.rejects(applySettings(settingsOf(BASE), parts), /refused/);
  assert.equal(current.rules, before);
  assert.deepEqual(calls, []);
});
