import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { openSimulatedGitHub, type SimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import type { Outcome } from '../../simulator/signed-request.ts';
import { truthOf } from '../../simulator/truth.ts';
import { pastWorld, type World } from '../../simulator/world.ts';
import { DIRECT } from '../../src/outbound/network.ts';
import { openReceiver } from '../../src/push/samples/open-receiver.ts';
import type { SampleReceiver } from '../../src/push/samples/sample-receiver.ts';
import { openMachine } from '../clock/machine.ts';
import { startReplying } from '../fixtures/push-server.ts';
import { storedAs } from '../fixtures/stored-as.ts';
import { type RunningPrometheus, startPrometheus } from '../prometheus.ts';
import { drained, until } from '../push/receivers.ts';
import { labelsOf, parseExposition, type Samples, sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';

/*
 * Eight days of a simulated world as a real Prometheus and a real VictoriaMetrics know them: the real process gets the
 * deliveries in order, and what it shows on /metrics on the way is stored with the times of the world.
 */

const TOKEN = 'ghp_ofTheTest';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What the second process is ahead of the machine: what is counted ten minutes later is due. */
const AHEAD_SECONDS = 20 * 60;
export const STEP_MS = 2 * HOUR_MS;
export const RANGE_MS = DAY_MS;
const TARGET = { job: 'ant-watcher', instance: 'ants:9876' };
const AT_ONCE = 20;
const HOOK_EVENTS: readonly string[] = ['workflow_run', 'workflow_job', 'deployment', 'deployment_status'];
const DELIVERED: Outcome = { status: 202, error: null, tookMs: 40, headers: {}, body: '' };
const SPANS_TAKEN = { status: 200, headers: { 'Content-Type': 'application/x-protobuf' } };

export interface BoardHistory extends AsyncDisposable {
  readonly world: World;
  readonly github: SimulatedGitHub;
  readonly prometheus: RunningPrometheus;
  readonly victoria: RunningVictoriaMetrics;
  /** The time of the newest scrape, and of the questions. */
  readonly nowMs: number;
  /** What /metrics showed then, and so long before. */
  readonly last: Samples;
  readonly atStart: Samples;
}

export async function openBoardHistory(): Promise<BoardHistory> {
  await using stack = new AsyncDisposableStack();
  const prometheus = stack.use(await startPrometheus());
  const victoria = stack.use(await startVictoriaMetrics());
  const collector = stack.use(await startReplying([SPANS_TAKEN]));
  const endMs = Math.floor(Date.now() / 1000) * 1000;
  const world = pastWorld({
    ...{ seed: 'boards', repositories: 2, runs: 160, inFlight: 0.04, deployments: true },
    ...{ endMs, spanMs: 8 * DAY_MS + 4 * HOUR_MS },
  });
  const nowMs = endMs + 30 * MINUTE_MS;
  let aheadSeconds = 0;
  const clocks = { clock: () => endMs, hereClock: () => Date.now() + aheadSeconds * 1000 };
  const github = stack.use(
    await openSimulatedGitHub({
      world,
      ...clocks,
      personalTokens: [TOKEN],
      hooks: ['organization'],
      hookEvents: HOOK_EVENTS,
    }),
  );
  const machine = stack.use(openMachine());
  const service = stack.use(
    await startService({
      longestMs: 600_000,
      env: { ...machine.env, ...environment(github, victoria.url, collector.port) },
    }),
  );
  const write = writerOf(prometheus, victoria);
  await until('recovery has not begun', () => hasBegun(service));
  const expositions = await sendAll({ service, world, github, nowMs, write });
  const truth = parseExposition(truthOf(world, nowMs));
  const restart = async (seconds: number): Promise<void> => {
    await service.stop();
    aheadSeconds = seconds;
    machine.set(seconds);
    await service.start();
  };
  const scrape = async (agoMs: number): Promise<void> =>
    void expositions.set(nowMs - agoMs, await write(await idleExposition(service), nowMs - agoMs));
  await restart(AHEAD_SECONDS);
  await everythingCounted(service, truth);
  // It looks for failures to ask about soon after its start, and then once a minute.
  await restart(AHEAD_SECONDS);
  await everythingRead(service, github, truth);
  await scrape(10 * MINUTE_MS);
  // What is counted of GitHub's log grows between two scrapes.
  const [again = assert.fail('the log is empty')] = github.log.entries();
  logLostAndDelivered(github, again.delivery, Date.now() + aheadSeconds * 1000);
  await restart(2 * AHEAD_SECONDS);
  const refused = await service.post('workflow_run', {}, { secret: 'not the secret' });
  assert.equal(refused.status, 401);
  await everythingRead(service, github, truth);
  await scrape(5 * MINUTE_MS);
  await scrape(0);
  await fetch(`${victoria.url}/internal/force_flush`);
  const at = (ms: number) => parseExposition(expositions.get(ms) ?? assert.fail('no scrape then'));
  const running = stack.move();
  return {
    ...{ world, github, prometheus, victoria, nowMs, last: at(nowMs), atStart: at(nowMs - RANGE_MS) },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function environment(
  github: SimulatedGitHub,
  victoriaUrl: string,
  collectorPort: number,
): Record<string, string> {
  return {
    ANT_WATCHER_GITHUB_API_URL: github.url,
    ANT_WATCHER_GITHUB_TOKEN: TOKEN,
    ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*',
    ANT_WATCHER_GITHUB_BILLING: 'lumen-works',
    ANT_WATCHER_GITHUB_ANNOTATIONS: 'true',
    ANT_WATCHER_METRICS_RUNNER_LABELS: 'true',
    ANT_WATCHER_METRICS_FAILED_STEPS: 'true',
    ANT_WATCHER_METRICS_STEP_DURATIONS: 'true',
    // Few, as each is a line of each histogram.
    ANT_WATCHER_METRICS_DURATION_BUCKETS: '10s,1m,5m,30m,2h',
    ANT_WATCHER_PUSH_URL: victoriaUrl,
    ANT_WATCHER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
  };
}

interface Sending {
  readonly service: Service;
  readonly world: World;
  readonly github: SimulatedGitHub;
  readonly nowMs: number;
  readonly write: (text: string, atMs: number) => Promise<string>;
}

/** Sends everything in order, with a scrape at each moment; returns what was shown, by moment. */
async function sendAll({ service, world, github, nowMs, write }: Sending): Promise<Map<number, string>> {
  const expositions = new Map<number, string>();
  const deliveries = Iterator.from(deliveriesOf(world)).toArray();
  let sent = 0;
  for (const momentMs of scrapesUntil(world.endMs, nowMs)) {
    const isLast = momentMs === world.endMs;
    const index = isLast ? -1 : deliveries.findIndex(({ atMs }) => atMs > momentMs);
    const due = deliveries.slice(sent, index === -1 ? undefined : index).values();
    sent = index === -1 ? deliveries.length : index;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const delivery of due) {
          const { event, guid, body } = delivery;
          const { status } = await service.post(event, body(), { guid });
          assert.equal(status, 202);
          // Recovery reads the log from when it began, so these have the times at which they were really sent.
          github.log.record(delivery, DELIVERED, Date.now());
        }
      }),
    );
    expositions.set(momentMs, await write(await service.exposition(), momentMs));
  }
  await drained(service);
  const [latest = assert.fail('nothing was sent')] = github.log.entries();
  logLostAndDelivered(github, latest.delivery, Date.now());
  return expositions;
}

/** What GitHub's log says of a delivery that could not be made, and was made when somebody asked for it. */
function logLostAndDelivered({ log }: SimulatedGitHub, delivery: SimulatedDelivery, atMs: number): void {
  log.recordLost(delivery, atMs);
  log.record(delivery, DELIVERED, atMs);
}

/** Each step of the last day and of some hours a week before, and one a day in between. */
function scrapesUntil(endMs: number, nowMs: number): number[] {
  const steps = (count: number, agoMs: number) =>
    Array.from({ length: count }, (_, step) => nowMs - agoMs - step * STEP_MS);
  const between = Array.from({ length: 5 }, (_, day) => nowMs - (day + 2) * DAY_MS);
  const moments = [endMs, ...steps(14, 0), ...steps(6, 7 * DAY_MS), ...between].filter((ms) => ms <= endMs);
  return [...new Set(moments)].sort((a, b) => a - b);
}

/** Also what is counted ten minutes later. */
async function everythingCounted(service: Service, truth: Samples): Promise<void> {
  const counts = (samples: Samples) =>
    ['run_queue_seconds_count', 'reruns_total', 'jobs_total', 'job_failures_total'].map((name) =>
      sumOf(samples, `github_actions_${name}`),
    );
  const expected = counts(truth);
  await until('not everything is counted', async () => {
    const shown = counts(await service.metrics());
    return shown.every((count, index) => count === expected[index]);
  });
}

/** Whether the first pass of recovery is over: a later one reads what GitHub's log has from then on. */
function hasBegun(service: Service): boolean {
  using database = new DatabaseSync(join(service.folder, 'ant-watcher.db'), { readOnly: true });
  return database.prepare("SELECT 1 FROM marks WHERE name = 'recovery/pass'").get() !== undefined;
}

/** What is asked of GitHub has arrived. */
async function everythingRead(service: Service, github: SimulatedGitHub, truth: Samples): Promise<void> {
  const names = [
    'github_actions_runner_group_last_idle_timestamp_seconds',
    'github_actions_billing_net_dollars',
    'ant_watcher_recovery_oldest_mark_timestamp_seconds',
    'ant_watcher_hook_last_failure_timestamp_seconds',
  ];
  for (const name of names)
    await until(`${name} is missing`, async () =>
      [...(await service.metrics()).keys()].some((key) => key.startsWith(`${name}{`) || key === name),
    );
  const logged = github.log.entries().filter(({ delivery }) => HOOK_EVENTS.includes(delivery.event));
  await until(
    "not all of the hook's log is counted",
    async () => sumOf(await service.metrics(), 'ant_watcher_hook_deliveries_total') === logged.length,
  );
  const failed = sumOf(truth, 'github_actions_job_failures_total');
  const cancelled = sumOf(truth, 'github_actions_job_duration_seconds_count', { conclusion: 'cancelled' });
  await until(
    'not all reasons are read',
    async () => sumOf(await service.metrics(), 'ant_watcher_failures_asked_total') === failed + cancelled,
  );
}

/** What is shown at a moment in which nothing waits: recovery may have fetched something just now. */
async function idleExposition(service: Service): Promise<string> {
  let text = '';
  await until('deliveries or samples wait', async () => {
    text = await service.exposition();
    const samples = parseExposition(text);
    return ['queue_deliveries', 'outbox_samples', 'trace_outbox_spans'].every(
      (name) => sumOf(samples, `ant_watcher_${name}`) === 0,
    );
  });
  return text;
}

/** Stores an exposition in both databases, as if they had scraped it then. */
function writerOf(prometheus: RunningPrometheus, victoria: RunningVictoriaMetrics) {
  const receiver: SampleReceiver = openReceiver({
    ...{ url: prometheus.url, protocol: 'remote_write', extraLabels: Object.entries(TARGET), headers: {} },
    ...{ basicAuth: null, bearerToken: null, network: DIRECT, timeoutMs: 30_000, version: '0.0.0' },
  });
  const extra = Object.entries(TARGET).map(([name, value]): [string, string] => [
    'extra_label',
    `${name}=${value}`,
  ]);
  return async (text: string, atMs: number): Promise<string> => {
    const samples = Array.from(parseExposition(text), ([key, value]) => {
      const { name, labels } = labelsOf(key);
      return { metric: name, labels: Object.entries(labels), value, atMs };
    });
    assert.deepEqual((await receiver.send(samples.map(storedAs))).outcome, { kind: 'sent' });
    const query = new URLSearchParams([['timestamp', String(atMs)], ...extra]);
    const response = await fetch(`${victoria.url}/api/v1/import/prometheus?${query}`, {
      method: 'POST',
      body: text,
    });
    assert.ok(response.ok, await response.text());
    return text;
  };
}
