import { EVENTS } from '../src/domain/catalogue.ts';
import type { EventSample } from '../src/domain/event-sample.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { commit } from '../test/store-conformance/store-case.ts';

/*
 * Samples to be pushed: half of them queue times and half of them durations, of 100 repositories with 20 jobs each.
 */

/** As many as a busy collector stores in one transaction. */
const BLOCK = 200;
const MS_APART = 3;

/** So many samples in lists of `size`, the newest of now. */
export function* samplesInLists(count: number, size: number): Generator<EventSample[]> {
  const startMs = Date.now() - MS_APART * count;
  for (let from = 0; from < count; from += size)
    yield Array.from({ length: Math.min(size, count - from) }, (_, index) => sampleAt(from + index, startMs));
}

/** Stores them for a sink of this name. */
export async function fillOutbox(url: string, sink: string, count: number): Promise<void> {
  await using store = await openSqliteStore({ url, clock: Date.now });
  await store.openSinks({ samples: [sink], traces: [] });
  for (const samples of samplesInLists(count, BLOCK)) await commit(store, { samples });
}

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
export async function countAt(url: string): Promise<number> {
  await fetch(`${url}/internal/force_flush`);
  const query = 'sum(count_over_time({__name__=~"github_actions_event_.+"}[100d]))';
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, nocache: '1' })}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
