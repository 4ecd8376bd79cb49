import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningPrometheus, startPrometheus } from '../prometheus.ts';
import { type Letter, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import type { StoredSample } from '../stored-sample.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';
import { type ExpectedSample, expectSamples } from './expected-samples.ts';

const EVENTS = '{__name__=~"github_actions_event_.+"}';
const SENDERS = 8;
const PATIENCE_MS = 60_000;
const POLL_EVERY_MS = 50;

/** A real VictoriaMetrics and a real Prometheus, both pushed to at the same time. */
export interface Receivers extends AsyncDisposable {
  readonly victoria: RunningVictoriaMetrics;
  readonly prometheus: RunningPrometheus;
  /**
   * Kills one or both, whatever is under way. VictoriaMetrics then loses what it accepted in the seconds
   * before.
   */
  stop(which?: 'victoria' | 'prometheus'): Promise<void>;
  /** With the data they had, at the same addresses. */
  start(which?: 'victoria' | 'prometheus'): Promise<void>;
  /** Every event sample that each has. */
  samples(): Promise<Readonly<Record<'victoria' | 'prometheus', StoredSample[]>>>;
  /** Both have exactly these. */
  expect(expected: readonly ExpectedSample[]): Promise<void>;
}

export async function startReceivers(): Promise<Receivers> {
  await using stack = new AsyncDisposableStack();
  const victoria = stack.use(await startVictoriaMetrics());
  const prometheus = stack.use(await startPrometheus());
  const samples = async () => ({
    victoria: await victoria.samples(EVENTS),
    prometheus: await prometheus.samples(EVENTS, Date.now() + 60_000),
  });
  const running = stack.move();
  return {
    victoria,
    prometheus,
    samples,
    async stop(which) {
      if (which !== 'prometheus') await victoria.stop('SIGKILL');
      if (which !== 'victoria') await prometheus.stop('SIGKILL');
    },
    async start(which) {
      if (which !== 'prometheus') await victoria.start();
      if (which !== 'victoria') await prometheus.start();
    },
    async expect(expected) {
      for (const [name, stored] of Object.entries(await samples())) expectSamples(stored, expected, name);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/**
 * Pushes to a VictoriaMetrics by its own protocol and to a Prometheus by remote write, a few samples at a
 * time.
 */
export function pushingTo(
  { token, ...urls }: { readonly victoria: string; readonly prometheus: string; readonly token?: string },
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ANT_WATCHER_SINKS: JSON.stringify([
      { name: 'vm', url: urls.victoria, token },
      { name: 'prom', url: urls.prometheus, protocol: 'remote_write', token },
    ]),
    ANT_WATCHER_PUSH_BATCH_AGE: '20ms',
    ANT_WATCHER_PUSH_BATCH_SAMPLES: '50',
    ...env,
  };
}

/** Resolves once everything accepted is processed, and no sample waits for any receiver. */
export async function drained(service: Service): Promise<void> {
  await service.settled();
  await until('samples still wait', async () => (await waiting(service)) === 0);
}

/** Resolves once all receivers are safe to keep what they took. */
export async function allSafe(service: Service): Promise<void> {
  const isSafe = async () => sumOf(await service.metrics(), 'ant_watcher_outbox_kept_samples') === 0;
  await until('what is safe is still kept', isSafe);
}

/** No receiver has refused a sample as invalid. */
export async function expectNoneRejected(service: Service): Promise<void> {
  const { rejected } = (await (await service.get('/api/v1/push')).json()) as { rejected: unknown[] };
  assert.deepEqual(rejected, []);
}

/** How many samples wait, for all receivers together. */
export async function waiting(service: Service): Promise<number> {
  return sumOf(await service.metrics(), 'ant_watcher_outbox_samples');
}

/** Polls patiently; no test depends on how long it takes. */
export async function until(failure: string, isDone: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (Date.now() > deadlineMs) throw new Error(failure);
    await sleep(POLL_EVERY_MS);
  }
}

export function urlsOf({ victoria, prometheus }: Receivers): { victoria: string; prometheus: string } {
  return { victoria: victoria.url, prometheus: prometheus.url };
}

/** Sends the letters to a running service. */
export async function sendLetters(service: Service, letters: readonly Letter[]): Promise<void> {
  const fresh = letters.values();
  await new Resender(service, SENDERS, () => fresh.next().value).finish();
}
