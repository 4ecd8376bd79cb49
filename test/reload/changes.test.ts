import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sentWorld } from '../push/sent-world.ts';
import { type Letter, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { type Configuration, type Configured, startConfigured, until } from './configured.ts';

/*
 * What a new configuration does to the real process: it ends as a restart would, or changes nothing.
 */

const SUCCESSFUL = 'ant_watcher_config_last_reload_successful';
const LAST_SUCCESS = 'ant_watcher_config_last_reload_success_timestamp_seconds';

async function sendLetters(service: Service, letters: readonly Letter[]): Promise<void> {
  const fresh = letters.values();
  // In order: which series are within their limit depends on it.
  await new Resender(service, 1, () => fresh.next().value).finish();
  await service.settled();
}

async function numbersOf(service: Service): Promise<string[]> {
  const text = await service.exposition();
  return text.split('\n').filter((line) => /^github_actions_/.test(line));
}

async function value(service: Service, metric: string): Promise<number> {
  return sumOf(await service.metrics(), metric);
}

/** Sends half of the world, changes the configuration, sends the rest; returns the numbers along the way. */
async function sendAround(
  configured: Configured,
  letters: readonly Letter[],
  change: () => Promise<unknown>,
): Promise<string[][]> {
  const { service } = configured;
  const half = letters.length >> 1;
  await sendLetters(service, letters.slice(0, half));
  await change();
  const between = await numbersOf(service);
  await sendLetters(service, letters.slice(half));
  const after = await numbersOf(service);
  return [between, after];
}

const SMALL: Configuration = { metrics: { max_series: 3 } };
const CHANGES: Readonly<Record<string, readonly [before: Configuration, after: Configuration]>> = {
  'labels are left out': [
    {},
    { metrics: { label_policy: 'jobs_total: -job_name; job_queue_seconds: repository' } },
  ],
  'labels come back': [{ metrics: { label_policy: 'jobs_total: -job_name, -runs_on' } }, {}],
  'names are made one': [
    {},
    { metrics: { label_patterns: 'job_name=p**; runs_on=k8s-*, *-latest; workflow=Deploy **' } },
  ],
  'labels of repositories come': [{}, { metrics: { repository_labels: 'team=team, tier=service_tier' } }],
  'labels of repositories are others, in place of the repository': [
    { metrics: { repository_labels: 'team=team' } },
    { metrics: { repository_labels: 'tier=service_tier, on=platforms', label_policy: '*: -repository' } },
  ],
  'fewer series may be': [{}, SMALL],
  'more series may be': [SMALL, {}],
  'buckets, steps, branches and prices are others': [
    {},
    {
      metrics: {
        duration_buckets: '1m, 10m, 1h',
        step_durations: 'true',
        branch_groups: 'release=release/*; fix=fix/**',
      },
      prices: { rules: 'self-hosted=self_hosted:0.002' },
    },
  ],
};

for (const [what, [before, after]] of Object.entries(CHANGES)) {
  test(`${what}: a reload gives the same numbers as a restart`, async () => {
    const { letters } = sentWorld(what, 12);
    await using reloaded = await startConfigured(before);
    await using restarted = await startConfigured(before);
    const first = await sendAround(reloaded, letters, () => reloaded.change(after));
    const second = await sendAround(restarted, letters, async () => {
      restarted.write(after);
      await restarted.service.stop();
      await restarted.service.start();
    });
    assert.deepEqual(first, second);
    // And nothing of it is only in memory.
    await reloaded.service.kill();
    await reloaded.service.start();
    assert.deepEqual(await numbersOf(reloaded.service), first[1]);
  });
}

test('a wrong configuration changes nothing, and all its problems are reported, without its secrets', async () => {
  await using configured = await startConfigured({ metrics: { max_series: 100 } });
  const { service } = configured;
  assert.equal(await value(service, SUCCESSFUL), 1);
  const startedAt = await value(service, LAST_SUCCESS);
  const good = { metrics: { max_series: 3 }, log: { level: 'error' } };
  configured.write({
    ...good,
    api: { tokens: '<secret>', port: 'ten' },
    push: { url: 'not a url', token: 'marked-secret' },
  });
  const { status, body } = await configured.reload();
  assert.equal(status, 400);
  assert.equal(body.error?.code, 'config_invalid');
  assert.deepEqual(body.problems?.map(({ setting }) => setting).toSorted(), [
    'api.port',
    'api.tokens',
    'push.url',
  ]);
  await configured.hangUp();
  const lines = service.log.split('\n').filter((line) => line.includes('Configuration reload failed'));
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /"level":"error".*api\.port.*push\.url/);
  assert.ok(!`${JSON.stringify(body)}${service.log}`.includes('marked-secret'));
  assert.equal(await value(service, SUCCESSFUL), 0);
  assert.equal(await value(service, LAST_SUCCESS), startedAt);
  // Its valid part is not active either: the next one has yet to change it.
  assert.deepEqual((await configured.change(good)).applied, ['metrics.max_series', 'log.level']);
  assert.equal(await value(service, SUCCESSFUL), 1);
  assert.ok((await value(service, LAST_SUCCESS)) > startedAt);
});

test('settings that are valid one by one but not together change nothing', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  const tries: readonly Configuration[] = [
    { push: { url: 'http://127.0.0.1:9/api/v1/write' } },
    { push: { url: 'http://127.0.0.1:9', headers: 'Content-Length: 5' } },
    { push: { url: 'http://127.0.0.1:9', ca_file: '/nonexistent' } },
    { github: { token: 'ghp_0123456789', api_url: 'http://127.0.0.1:9/nowhere' } },
  ];
  for (const wrong of tries) {
    configured.write({ ...wrong, metrics: { max_series: 3 } });
    const { status, body } = await configured.reload();
    assert.equal(status, 400, JSON.stringify([wrong, body]));
    assert.equal(body.problems?.length, 1);
  }
  assert.equal(await value(service, SUCCESSFUL), 0);
  assert.deepEqual((await configured.change({})).applied, []);
});

test('an unreadable or missing file changes nothing', async () => {
  await using configured = await startConfigured({ metrics: { max_series: 100 } });
  configured.writeFile('config/config.json', '{ "metrics": { "max_series": 3');
  assert.equal((await configured.reload()).status, 400);
  rmSync(join(configured.service.folder, 'config/config.json'));
  assert.equal((await configured.reload()).status, 400);
  assert.deepEqual((await configured.change({ metrics: { max_series: 100 } })).applied, []);
});

test('a setting that needs a restart is reported and keeps its value, and the rest takes effect', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  const next: Configuration = {
    storage: { url: `sqlite:${join(service.folder, 'other.db')}`, retention: '40d' },
    api: { tokens: 'token-one' },
    webhook: { body_limit: '1MiB', max_waiting: 500 },
    log: { format: 'text', level: 'debug' },
  };
  // The database comes from the environment, which takes precedence over the file.
  assert.deepEqual(await configured.change(next), {
    applied: ['webhook.max_waiting', 'api.tokens', 'storage.retention', 'log.level'],
    needs_restart: ['webhook.body_limit', 'log.format'],
  });
  const warnings = () => service.log.split('\n').filter((line) => line.includes('Restart needed'));
  await until('the restart is not reported', () => warnings().length > 0);
  const warning = warnings();
  assert.equal(warning.length, 1);
  assert.deepEqual(JSON.parse(warning[0] ?? '').settings, 'webhook.body_limit, log.format');
  // It is reported again as long as it differs, and what is already active is not.
  const again = await configured.reload('token-one');
  assert.deepEqual(again.body, { applied: [], needs_restart: ['webhook.body_limit', 'log.format'] });
});

test('the level of the log changes in both threads', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  const debugging = { log: { level: 'debug' }, metrics: { max_series: 1 } };
  await configured.change({ log: { level: 'error' } });
  const { length } = service.log;
  await configured.change({ log: { level: 'error' }, metrics: { max_series: 1 } });
  await sendLetters(service, sentWorld('silence', 5).letters);
  assert.equal(service.log.length, length);
  await configured.change(debugging);
  await until('the reload is not logged', () => service.log.includes('"msg":"Configuration reloaded"'));
  await sendLetters(service, sentWorld('levels', 5).letters);
  // The engine logs this at that level.
  const ofEngine = /"level":"debug".*"msg":"Series limit reached; increments added to __other__"/;
  await until('the engine says nothing', () => ofEngine.test(service.log));
});

test('POST /-/reload is disabled by default, and can be enabled and disabled by SIGHUP', async () => {
  await using configured = await startConfigured({ api: { reload: 'false' } });
  const { status, body } = await configured.reload();
  assert.equal(status, 403);
  assert.equal(body.error?.code, 'forbidden');
  configured.write({});
  await configured.hangUp();
  assert.equal((await configured.reload()).status, 200);
});
