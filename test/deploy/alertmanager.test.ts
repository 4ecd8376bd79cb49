import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { startPeer } from '../peer-process.ts';
import { peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { ALERTS } from './promtool-cases.ts';

const EXAMPLE = join(import.meta.dirname, '../../deploy/prometheus/alertmanager.example.yaml');
const PATIENCE_MS = 30_000;

interface Example {
  readonly receivers: { name: string }[];
  readonly inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
}

interface SeenAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly inhibitedBy: string[] };
}

function amtool(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(peerPath('amtool'), args, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout.trim();
}

/** The routes and inhibitions of the example, with receivers that send nothing. */
function silentExample(): Example {
  const example = parse(readFileSync(EXAMPLE, 'utf8')) as Example;
  return { ...example, receivers: example.receivers.map(({ name }) => ({ name })) };
}

test('amtool finds no fault in the example, and each severity has its receiver', () => {
  assert.match(amtool('check-config', EXAMPLE), /SUCCESS/);
  const receiverOf = (severity: string) =>
    amtool('config', 'routes', 'test', `--config.file=${EXAMPLE}`, `severity=${severity}`);
  assert.deepEqual(['critical', 'warning', 'info'].map(receiverOf), ['pager', 'chat', 'quiet-chat']);
});

test('the example names only alerts that exist', () => {
  const names = ALERTS.map(({ alert = '' }) => alert);
  const matchers = silentExample().inhibit_rules.flatMap((rule) => [
    ...rule.source_matchers,
    ...rule.target_matchers,
  ]);
  for (const matcher of matchers) {
    const [, pattern = ''] = /^alertname=~?"(.+)"$/.exec(matcher) ?? [];
    const choices = /^(.*)\((.+)\)(.*)$/.exec(pattern);
    const wanted =
      choices === null
        ? [pattern]
        : (choices[2] ?? '').split('|').map((each) => `${choices[1]}${each}${choices[3]}`);
    for (const each of wanted)
      assert.ok(
        names.some((name) => new RegExp(`^${each}$`).test(name)),
        each,
      );
  }
});

longTest('a real Alertmanager keeps alerts about the CI quiet while their ant-watcher is down', async () => {
  using folder = openTemporaryFolder({ 'alertmanager.yml': stringify(silentExample()) });
  const url = `http://127.0.0.1:${await freePort()}`;
  const flags = [
    `--config.file=${folder.path}/alertmanager.yml`,
    `--storage.path=${folder.path}/data`,
    `--web.listen-address=${url.slice('http://'.length)}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ];
  await using _ = await startPeer('alertmanager', flags, `${url}/-/ready`);
  const alerts = [
    { alertname: 'AntWatcherDown', job: 'ants', severity: 'critical' },
    { alertname: 'AntWatcherParked', job: 'ants', severity: 'warning' },
    { alertname: 'GitHubActionsJobStuckQueued', job: 'ants', runs_on: 'gpu', severity: 'warning' },
    { alertname: 'GitHubActionsJobStuckQueued', job: 'others', runs_on: 'gpu', severity: 'warning' },
    { alertname: 'GitHubActionsQueueSlow', job: 'others', runs_on: 'gpu', severity: 'warning' },
    { alertname: 'GitHubActionsQueueSlow', job: 'others', runs_on: 'cpu', severity: 'warning' },
  ];
  const body = JSON.stringify(alerts.map((labels) => ({ labels })));
  const headers = { 'Content-Type': 'application/json' };
  assert.equal((await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body })).status, 200);
  const expected = [
    'AntWatcherDown ants active',
    'AntWatcherParked ants suppressed',
    'GitHubActionsJobStuckQueued ants gpu suppressed',
    'GitHubActionsJobStuckQueued others gpu active',
    'GitHubActionsQueueSlow others cpu active',
    'GitHubActionsQueueSlow others gpu suppressed',
  ];
  const deadlineMs = Date.now() + PATIENCE_MS;
  let seen: string[] = [];
  do {
    if (seen.length > 0) await sleep(100);
    seen = await statesAt(url);
  } while (seen.join() !== expected.join() && Date.now() < deadlineMs);
  assert.deepEqual(seen, expected);
});

async function statesAt(url: string): Promise<string[]> {
  const alerts = (await (await fetch(`${url}/api/v2/alerts`)).json()) as SeenAlert[];
  return alerts
    .map(({ labels: { alertname, job, runs_on: runsOn }, status }) =>
      [alertname, job, runsOn, status.state].filter(Boolean).join(' '),
    )
    .sort();
}
