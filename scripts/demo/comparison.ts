import { sleep } from '../../src/timing/sleep.ts';
import { exchange } from '../../test/replicas/exchange.ts';
import { linesOf, parseExposition, sumOf } from '../../test/samples.ts';
import { HOOK_EVENTS } from './company.ts';
import type { Truth } from './courier.ts';
import { type DemoReplica, running } from './replica-fleet.ts';

/** What a replica shows. */
export interface Reading extends Truth {
  /** How many accepted deliveries of all replicas are not processed yet. */
  readonly waiting: number;
  /** Every number about workflows that only grows. */
  readonly counters: string;
}

export interface Comparison {
  /** Null: it does not run, or does not answer. */
  readonly readings: readonly (Reading | null)[];
  /** How many replicas show another number than the truth, or another than the first one. */
  readonly differences: number;
}

const COUNTER = /^\w+_(total|count|sum|bucket)[ {]/;
/** Counted when its time has come or GitHub answers, also while replicas are read one after the other. */
const BY_ITSELF = /^github_actions_(run_queue|reruns|job_failure_reasons)_/;
const LOOK_EVERY_MS = 50;

/**
 * Reads all replicas, when everything is processed, or as it is after `patienceMs`. Nothing may be sent meanwhile. What
 * was queued at one that was killed is processed when the leader has taken it over.
 */
export async function compare(
  replicas: readonly DemoReplica[],
  truth: Truth,
  patienceMs: number,
): Promise<Comparison> {
  const lateMs = Date.now() + patienceMs;
  for (;;) {
    const readings = await Promise.all(replicas.map(read));
    const isProcessed = readings.every((reading) => (reading?.waiting ?? 0) === 0);
    if (isProcessed || Date.now() > lateMs) return { readings, differences: differencesIn(readings, truth) };
    await sleep(LOOK_EVERY_MS);
  }
}

/** Who may do at the moment what only one may do; null: nobody says so. */
export async function leaderOf(replicas: readonly DemoReplica[]): Promise<DemoReplica | null> {
  const alive = running(replicas);
  const texts = await Promise.all(alive.map(({ service }) => ask(service.apiUrl, '/metrics/replica')));
  return alive[texts.findIndex((text) => text?.includes('\nant_watcher_leader 1\n'))] ?? null;
}

async function read({ service, isUp }: DemoReplica): Promise<Reading | null> {
  const text = isUp ? await ask(service.apiUrl, '/metrics') : null;
  if (text === null) return null;
  const samples = parseExposition(text);
  const waiting = (state: string) => sumOf(samples, 'ant_watcher_queue_deliveries', { state });
  return {
    deliveries: HOOK_EVENTS.reduce(
      (sum, event) => sum + sumOf(samples, 'ant_watcher_deliveries_total', { event, outcome: 'accepted' }),
      0,
    ),
    endedJobs: sumOf(samples, 'github_actions_jobs_total'),
    waiting: waiting('pending') + waiting('retrying'),
    counters: linesOf(samples, 'github_actions_')
      .filter((line) => COUNTER.test(line) && !BY_ITSELF.test(line))
      .join('\n'),
  };
}

async function ask(url: string, path: string): Promise<string | null> {
  const answer = await exchange(`${url}${path}`);
  return answer?.status === 200 ? answer.text : null;
}

/** How many of the replicas show what is not so. */
export function differencesIn(readings: readonly (Reading | null)[], truth: Truth): number {
  const shown = readings.filter((reading) => reading !== null);
  const first = shown.find(isWhole);
  return shown.filter(
    (reading) => !isTrue(reading, truth) || (isWhole(reading) && reading.counters !== first?.counters),
  ).length;
}

function isWhole({ waiting }: Reading): boolean {
  return waiting === 0;
}

/** A delivery that is not processed may be the end of a job. */
function isTrue({ deliveries, endedJobs, waiting }: Reading, truth: Truth): boolean {
  const missing = truth.endedJobs - endedJobs;
  return deliveries === truth.deliveries && missing >= 0 && missing <= waiting;
}
