import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUNBOOKS } from '../../deploy/prometheus/rule-files.ts';
import { startReplying } from '../fixtures/push-server.ts';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { startPeer } from '../peer-process.ts';
import { type FoundAlert, startPrometheus } from '../prometheus.ts';
import { startService } from '../service.ts';
import { startVictoriaMetrics } from '../victoria-metrics.ts';
import { DUE, goWell, goWrong, troubledService } from './trouble.ts';

const RULES = ['recording', 'alerts'].map((kind) =>
  join(import.meta.dirname, `../../deploy/prometheus/ant-watcher-${kind}.rules.yaml`),
);
const PATIENCE_MS = 120_000;

async function until<T>(what: string, look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    assert.ok(Date.now() < deadlineMs, `${what}: ${JSON.stringify(seen, null, 1)}`);
    await sleep(200);
  }
}

/** Job and name of each alert that is pending or firing; how many errors are logged until then depends on the speed. */
function namesOf(alerts: readonly FoundAlert[]): string[] {
  return [...new Set(alerts.map(({ labels }) => `${labels['job']} ${labels['alertname']}`))].sort();
}

function dueFor(job: string): string {
  return DUE.map((name) => `${job} ${name}`).join();
}

test('a real Prometheus shows exactly the alerts that are due, of the ant-watcher that is in trouble', async () => {
  await using receiver = await startReplying([{ status: 401 }]);
  await using healthy = await startService();
  await using troubled = await startService(troubledService(receiver.port));
  await goWell(healthy);
  await goWell(troubled);
  const targets = { healthy: healthy.apiAddress, troubled: troubled.apiAddress };
  await using prometheus = await startPrometheus(targets, RULES);
  const names = async () => namesOf(await prometheus.alerts());
  await until(
    'both are scraped',
    () => prometheus.query('ant_watcher_build_info'),
    ({ length }) => length === 2,
  );
  await until(
    'all rules work',
    () => prometheus.rules(),
    (rules) => rules.every(([, health]) => health === 'ok'),
  );

  await goWrong(troubled);
  await until('what is due', names, (seen) => seen.join() === dueFor('troubled'));
  const alerts = await prometheus.alerts();
  const stuck = alerts.find(({ labels }) => labels['alertname'] === 'GitHubActionsJobStuckQueued');
  assert.match(
    stuck?.annotations['summary'] ?? '',
    /^A job has waited 4\dm \d+\S*s for a runner: self-hosted,gpu$/,
  );
  assert.equal(stuck?.annotations['page'], '/queues?runs_on=self-hosted%2Cgpu');
  assert.equal(stuck?.annotations['runbook_url'], `${RUNBOOKS}#githubactionsjobstuckqueued`);

  await troubled.kill();
  await until('it is down', names, (seen) => seen.includes('troubled AntWatcherDown'));
  assert.ok((await names()).every((alert) => alert.startsWith('troubled ')));
});

longTest('vmalert and VictoriaMetrics find the same', async () => {
  await using receiver = await startReplying([{ status: 401 }]);
  await using notified = await startReplying([{ status: 200 }]);
  await using troubled = await startService(troubledService(receiver.port));
  await goWell(troubled);
  await using victoria = await startVictoriaMetrics({ target: troubled.apiAddress });
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [
    ...RULES.map((file) => `-rule=${file}`),
    `-datasource.url=${victoria.url}`,
    `-remoteWrite.url=${victoria.url}`,
    `-notifier.url=http://127.0.0.1:${notified.port}`,
    '-evaluationInterval=1s',
    `-httpListenAddr=${address}`,
    '-loggerLevel=ERROR',
  ];
  await using _ = await startPeer('vmalert', flags, `http://${address}/health`);
  const scraped = () => victoria.samples('ant_watcher_build_info');
  await until('it is scraped', scraped, ({ length }) => length > 0);

  await goWrong(troubled);
  const names = async () => {
    const { data } = (await (await fetch(`http://${address}/api/v1/alerts`)).json()) as {
      data: { alerts: (FoundAlert & { readonly name: string })[] | null };
    };
    return namesOf(
      (data.alerts ?? []).map(({ name, labels, ...rest }) => ({
        ...rest,
        labels: { ...labels, alertname: name },
      })),
    );
  };
  await until('what is due', names, (seen) => seen.join() === dueFor('target'));
});
