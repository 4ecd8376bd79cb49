import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { expectNoComplaint } from './promtool.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { labelsOf, parseExposition, type Samples } from './samples.ts';
import { startService } from './service.ts';

const SCRAPED_SECONDS = 60;
/** What Prometheus asks for. */
const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';
/** These change even when nothing happens. */
const RESTLESS = /^(process|nodejs)_/;

test('a real Prometheus scrapes the service for a minute and has every series', async () => {
  await using service = await startService();
  await using prometheus = await startPrometheus({ ants: service.apiAddress });
  const traffic = ['--speed', '60', '--duration', `${SCRAPED_SECONDS + 2}s`];
  using simulator = startAntWatcher(['simulate', ...traffic, '--url', service.webhookUrl], {
    env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret },
  });

  await sleep((SCRAPED_SECONDS / 2) * 1000);
  expectNoComplaint(await service.exposition());
  const { code, stderr } = await simulator.ended();
  assert.equal(code, 0, stderr);

  const minute = `{job="ants"}[${SCRAPED_SECONDS}s]`;
  assert.deepEqual(await values(prometheus, `min_over_time(up${minute})`), [1]);
  const [scrapes = 0] = await values(prometheus, `count_over_time(up${minute})`);
  assert.ok(scrapes >= SCRAPED_SECONDS - 2, `${scrapes} scrapes`);
  const [leastSamples = 0] = await values(prometheus, `min_over_time(scrape_samples_scraped${minute})`);
  assert.ok(leastSamples > 0);
  // It has counted all the time, and never backwards.
  const half = `${SCRAPED_SECONDS / 2}s`;
  for (const span of [`[${half}]`, `[${half}] offset ${half}`]) {
    const [increase = 0] = await values(prometheus, `sum(increase(github_actions_jobs_total${span}))`);
    assert.ok(increase > 0, `no increase in ${span}`);
  }
  const resets = await values(prometheus, `sum(resets(github_actions_jobs_total[${SCRAPED_SECONDS}s]))`);
  assert.deepEqual(resets, [0]);

  await service.settled();
  // Two more scrapes of what does not change any more.
  await sleep(2500);
  const shown = parseExposition(await service.exposition(OPENMETRICS));
  assert.deepEqual(await storedSeries(prometheus), seriesOf(shown));
});

async function values(prometheus: RunningPrometheus, expression: string): Promise<number[]> {
  return (await prometheus.query(expression)).map(({ value }) => value);
}

/** Everything that Prometheus holds of the service now, in the words of `seriesOf`. */
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

/** Prometheus calls a label `job` that is not its own `exported_job`, and takes an empty label for none. */
function seriesText(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const told = Object.entries(labels)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label.replace(/^exported_/, '')}=${text}`);
  return [name, ...told.sort(), RESTLESS.test(name) ? 'restless' : value].join(' ');
}
