import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReplying } from '../../../test/fixtures/push-server.ts';
import { freePort } from '../../../test/free-port.ts';
import { checkDeliveries, judgeEvents, judgeHealth } from './check-deliveries.ts';
import type { Finding } from './finding.ts';

const STARTED = '2026-11-29T10:00:00.000Z';
const LAST = '2026-11-29T11:00:00.000Z';
const HEALTH = {
  ...{ intake: 'webhooks', started_at: STARTED, last_delivery_accepted_at: LAST },
  checks: { ready: { ok: true }, github: { ok: true } },
};

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ level, about, what }) => `${level} ${about}: ${what}`);
}

test('a service that has accepted nothing since its start is a warning, and so is each check that is not well', () => {
  const last = `ok deliveries: the service accepted the last one at ${LAST}`;
  assert.deepEqual(shown(judgeHealth(HEALTH)), [last]);
  const silent = { ...HEALTH, last_delivery_accepted_at: null };
  const none = `warning deliveries: the service has accepted none since its start at ${STARTED}`;
  assert.deepEqual(shown(judgeHealth(silent)), [none]);
  const ill = { ...HEALTH, checks: { queue: { ok: false }, push: { ok: false, reason: 'refused' } } };
  assert.deepEqual(shown(judgeHealth(ill)), [
    last,
    'warning deliveries: the service says of queue: not well',
    'warning deliveries: the service says of push: refused',
  ]);
  assert.deepEqual(judgeHealth({ ...silent, intake: 'polling' }), []);
});

function line(event: string, outcome: string, count: number): string {
  return `ant_watcher_deliveries_total{event="${event}",action="completed",outcome="${outcome}"} ${count}\n`;
}

test('one of the two events alone is a warning', () => {
  const [jobs, runs] = [line('workflow_job', 'accepted', 2), line('workflow_run', 'accepted', 1)];
  for (const both of ['', jobs + runs, line('workflow_job', 'rejected', 3)])
    assert.deepEqual(judgeEvents(both), [], both);
  const onlyJobs = `${jobs}${line('workflow_run', 'accepted', 0)}${line('workflow_run', 'ignored', 4)}`;
  assert.deepEqual(shown(judgeEvents(onlyJobs)), [
    'warning deliveries: workflow_job has arrived, and never workflow_run',
  ]);
  assert.match(judgeEvents(runs)[0]?.what ?? '', /never workflow_job/);
});

test('the service that runs is asked without a login; where there is none, nothing is found', async () => {
  const listener = (port: number) => ({ host: '127.0.0.1', port, isSecure: false });
  const health = { status: 200, body: JSON.stringify(HEALTH) };
  for (const [metrics, count] of [
    [{ status: 200, body: line('workflow_run', 'accepted', 1) }, 2],
    [{ status: 401, body: line('workflow_run', 'accepted', 1) }, 1],
  ] as const) {
    await using server = await startReplying([health, metrics]);
    assert.equal((await checkDeliveries(listener(server.port))).length, count);
    assert.deepEqual(
      server.arrived.map(({ path, headers }) => [path, headers['authorization']]),
      [
        ['/health', undefined],
        ['/metrics', undefined],
      ],
    );
  }
  await using other = await startReplying([{ status: 200, body: '{"status":"ok"}' }]);
  for (const port of [other.port, await freePort(), 0])
    assert.deepEqual(await checkDeliveries(listener(port)), []);
});
