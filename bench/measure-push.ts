import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS } from '../src/domain/catalogue.ts';
import type { EventSample } from '../src/domain/event-sample.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { type Samples, sumOf } from '../test/samples.ts';
import { commit } from '../test/store-conformance/store-case.ts';
import { startVictoriaMetrics } from '../test/victoria-metrics.ts';
import { noteLeftOver } from './left-overs.ts';
import { cpuMsOf, residentBytesOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { type AntWatcher, openFolder, startService, storageUrl } from './servers.ts';

/** The name that `push.url` has. */
const SINK = 'victoriametrics';
/** As many as a busy collector stores in one transaction. */
const BLOCK = 200;
const BUDGET_PER_SECOND = 50_000;
const POLL_MS = 250;
const PATIENCE_MS = 600_000;
const MS_APART = 3;
const MIB = 1024 ** 2;

/**
 * How fast a backlog is worked off, into one real VictoriaMetrics on the same cores. Throws when that is
 * missing.
 */
export async function measurePush(samples: number, progress: Progress): Promise<Row[]> {
  await using victoria = await startVictoriaMetrics();
  const forget = noteLeftOver({ [Symbol.dispose]: () => void victoria.stop('SIGKILL') });
  using folder = openFolder();
  progress(`push: storing ${numberText(samples)} samples`);
  await fillOutbox(storageUrl(folder.path), samples);
  await using service = await startService(folder.path, {
    ANT_WATCHER_PUSH_URL: victoria.url,
  });
  const caughtUp = await watchCatchUp(service);
  const { highest } = residentBytesOf(service.pid);
  const missing = samples - (await countAt(victoria.url));
  forget();
  progress(`push: ${numberText(caughtUp.perSecond)} samples/s`);
  return [
    ...rowsOf(caughtUp, samples),
    {
      what: 'lost on the way: stored − found in VictoriaMetrics',
      measured: numberText(missing),
      budget: '0',
      isMet: missing === 0,
    },
    {
      what: 'highest resident memory meanwhile',
      measured: `${numberText(highest / MIB)} MiB`,
      budget: '',
    },
  ];
}

function rowsOf({ perSecond, cpuUsPerSample, pauseMs }: CatchUp, samples: number): Row[] {
  return [
    {
      what: `samples pushed from a backlog of ${numberText(samples)} into one VictoriaMetrics`,
      measured: `${numberText(perSecond)}/s (${numberText(cpuUsPerSample, 1)} µs of CPU a sample)`,
      budget: `≥ ${numberText(BUDGET_PER_SECOND)}/s`,
      isMet: perSecond >= BUDGET_PER_SECOND,
    },
    {
      what: 'longest pause of the engine thread meanwhile',
      measured: `${numberText(pauseMs, 1)} ms`,
      budget: '',
    },
  ];
}

interface CatchUp {
  readonly perSecond: number;
  readonly cpuUsPerSample: number;
  /** The longest time that the engine's thread did nothing else. */
  readonly pauseMs: number;
}

/** From the first reading of what waits until nothing does. */
async function watchCatchUp(service: AntWatcher): Promise<CatchUp> {
  const waitingIn = (metrics: Samples) => sumOf(metrics, 'ant_watcher_outbox_samples');
  const count = waitingIn(await service.metrics());
  const startMs = performance.now();
  const startCpuMs = cpuMsOf(service.pid);
  let pauseMs = 0;
  for (let waiting = count; waiting > 0; ) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error('samples are not pushed');
    await sleep(POLL_MS);
    const metrics = await service.metrics();
    waiting = waitingIn(metrics);
    const delay = sumOf(metrics, 'nodejs_eventloop_lag_max_seconds', { thread: 'engine' });
    pauseMs = Math.max(pauseMs, 1000 * delay);
  }
  return {
    perSecond: (1000 * count) / (performance.now() - startMs),
    cpuUsPerSample: (1000 * (cpuMsOf(service.pid) - startCpuMs)) / count,
    pauseMs,
  };
}

async function fillOutbox(url: string, count: number): Promise<void> {
  await using store = await openSqliteStore({
    url,
    clock: Date.now,
  });
  await store.openSinks({ samples: [SINK], traces: [] });
  const startMs = Date.now() - MS_APART * count;
  for (let from = 0; from < count; from += BLOCK) {
    const block = Array.from({ length: Math.min(BLOCK, count - from) }, (_, index) =>
      sampleAt(from + index, startMs),
    );
    await commit(store, { samples: block });
  }
}

/** Half of them queue times and half of them durations, of 100 repositories with 20 jobs each. */
function sampleAt(number: number, startMs: number): EventSample {
  const job = Math.floor(number / 2);
  const labels = [
    `octo-org/repository-${job % 100}`,
    'Continuous integration',
    `build and test ${Math.floor(job / 100) % 20}`,
    'ubuntu-latest',
  ];
  const atMs = startMs + MS_APART * number;
  if (number % 2 === 0) return { metric: EVENTS.jobQueue.name, labels, value: job % 90, atMs };
  const conclusion = job % 10 === 0 ? 'failure' : 'success';
  return { metric: EVENTS.jobDuration.name, labels: [...labels, conclusion], value: 30 + (job % 600), atMs };
}

/** How many event samples VictoriaMetrics has. */
async function countAt(url: string): Promise<number> {
  await fetch(`${url}/internal/force_flush`);
  const query = 'sum(count_over_time({__name__=~"github_actions_event_.+"}[100d]))';
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, nocache: '1' })}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
