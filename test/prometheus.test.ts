import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { expectNoComplaint } from './promtool.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { labelsOf, parseExposition, type Samples } from './samples.ts';
import { startService } from './service.ts';

const SCRAPES = 12;
/** Far longer than they take, one each second. */
const PATIENCE_MS = 120_000;
/** Everything that it has stored. */
const EVER = '[1h]';
const UP = 'up{job="ants"}';
/** What Prometheus asks for. */
const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';
/** These change even when nothing happens. */
const RESTLESS = /^(process|nodejs|ant_watcher_store)_/;

test(`a real Prometheus scrapes the busy service ${SCRAPES} times and has every series`, async () => {
  await using service = await startService();
  await using prometheus = await startPrometheus({ ants: service.apiAddress });
  using simulator = startAntWatcher(['simulate', '--speed', '60', '--url', service.webhookUrl], {
    env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret },
  });

  await scraped(prometheus, SCRAPES / 2);
  expectNoComplaint(await service.exposition());
  const [before = 0] = await values(prometheus, 'sum(github_actions_jobs_total)');
  await scraped(prometheus, SCRAPES);
  const [after = 0] = await values(prometheus, 'sum(github_actions_jobs_total)');
  assert.ok(0 < before && before < after, `${before} jobs, then ${after}`);
  simulator.signal('SIGINT');
  const { code, stderr } = await simulator.ended();
  assert.equal(code, 0, stderr);

  await service.settled();
  // Two more scrapes of what no longer changes: one may be under way.
  await scraped(prometheus, (await scrapesOf(prometheus)) + 2);
  assert.deepEqual(await values(prometheus, `min_over_time(${UP}${EVER})`), [1]);
  await expectNothingTakenBack(prometheus);
  const shown = parseExposition(await service.exposition(OPENMETRICS));
  assert.deepEqual(await storedSeries(prometheus), seriesOf(shown));
});

/** Resolves once so many scrapes are stored, failed ones too. */
async function scraped(prometheus: RunningPrometheus, count: number): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (let scrapes = 0; scrapes < count; scrapes = await scrapesOf(prometheus)) {
    assert.ok(Date.now() < deadlineMs, `${scrapes} scrapes, not ${count}`);
    await sleep(100);
  }
}

async function scrapesOf(prometheus: RunningPrometheus): Promise<number> {
  const [scrapes = 0] = await values(prometheus, `count_over_time(${UP}${EVER})`);
  return scrapes;
}

/** No counter and no part of a histogram ever decreased. */
async function expectNothingTakenBack(prometheus: RunningPrometheus): Promise<void> {
  const counting = '{job="ants",__name__=~"(github_actions|ant_watcher)_.*_(total|bucket|sum|count)"}';
  const names = (await prometheus.query(`count by (__name__) (${counting})`)).map(
    ({ labels }) => labels['__name__'] ?? '',
  );
  assert.ok(names.length > 10, names.join());
  for (const name of names) {
    assert.deepEqual(await values(prometheus, `sum(resets(${name}${EVER}))`), [0], name);
  }
}

async function values(prometheus: RunningPrometheus, expression: string): Promise<number[]> {
  return (await prometheus.query(expression)).map(({ value }) => value);
}

/** Everything that Prometheus currently has of the service, in the form of `seriesOf`. */
async function storedSeries(prometheus: RunningPrometheus): Promise<string[]> {
  const stored = await prometheus.query('{job="ants",__name__!~"up|scrape_.*"}');
  return stored
    .map(({ labels: { __name__: name = '', job: _, instance: __, ...labels }, value }) =>
      seriesText(name, labels, value),
    )
    .sort();
}

/** A line for each series, whatever the order of its labels. */
function seriesOf(samples: Samples): string[] {
  return Array.from(samples, ([key, value]) => {
    const { name, labels } = labelsOf(key);
    return seriesText(name, labels, value);
  }).sort();
}

/** To Prometheus an empty label is no label. */
function seriesText(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}=${text}`);
  return [name, ...pairs.sort(), RESTLESS.test(name) ? 'restless' : value].join(' ');
}
