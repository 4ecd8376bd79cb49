import type { Store } from '../src/domain/contracts.ts';
import type { Explanation } from '../src/domain/explanation.ts';
import { type FactKind, type HistoryReader, NO_FILTERS, type ReadFacts } from '../src/domain/queries.ts';
import { FACT_TABLES } from '../src/store/fact-tables.ts';

/** To be opened in the outbox before anything is stored. */
export const WATCHED_SINK = 'a';

const NO_DEPLOYMENT_FILTERS = { repository: [], environment: [], state: [] };

/** Everything that a store answers of these runs, in a form to be compared with that of another store. */
export async function wholeStore(
  store: Store,
  { runIds, nowMs }: { readonly runIds: readonly number[]; readonly nowMs: number },
): Promise<unknown> {
  const { cells, numbers } = await store.readSeries();
  const whole = {
    cells: sorted(cells),
    numbers: sorted(numbers),
    runs: await Promise.all(runIds.map((runId) => runOf(store, runId))),
    activity: sorted(await store.readActivity(nowMs)),
    repositories: await store.knownRepositories(),
    held: sorted(await store.heldJobs(Number.MAX_SAFE_INTEGER, 1000)),
    settling: sorted(await store.settlingRuns(Number.MAX_SAFE_INTEGER, 1000)),
    queue: await store.queueStatus(),
    samples: (await store.samples.read(WATCHED_SINK, 1_000_000)).entries,
    traces: (await store.traces.read(WATCHED_SINK, 1_000_000)).entries,
    history: await store.readFor({ nowMs, asOfMs: nowMs }, (reader) => factsOf(reader, nowMs)),
    deployments: await store.readFor({ nowMs, asOfMs: nowMs }, async (reader) => {
      const window = { fromMs: 0, toMs: nowMs };
      return (await Array.fromAsync(reader.deployments(window, NO_DEPLOYMENT_FILTERS))).flat();
    }),
    workflows: await store.readFor({ nowMs, asOfMs: nowMs }, async (reader) =>
      sorted(await reader.workflowStates()),
    ),
  };
  // Without prototypes.
  return JSON.parse(JSON.stringify(whole));
}

/** All facts of a kind, without those numbers that another store may choose differently. */
async function factsOf(reader: HistoryReader, toMs: number): Promise<unknown> {
  const all = Object.entries(FACT_TABLES).map(async ([kind, { columns }]) => {
    const read = reader[kind as FactKind] as unknown as ReadFacts<Record<string, ArrayLike<number>>>;
    const rows: unknown[] = [];
    for await (const batch of read({ fromMs: 0, toMs }, NO_FILTERS, Object.keys(columns))) {
      const shown = await Promise.all(
        Object.entries(columns).map(async ([name, { holds }]) => {
          const values = Array.from((batch as Record<string, ArrayLike<number>>)[name] ?? []);
          if (holds === 'number') return values;
          const texts = await reader.texts(values);
          return values.map((id) => texts.get(id));
        }),
      );
      rows.push(...Array.from({ length: batch.size }, (_, row) => shown.map((values) => values[row])));
    }
    return [kind, sorted(rows)];
  });
  return Promise.all(all);
}

/** The order of what came in the same moment is only that of processing within a job. */
async function runOf(store: Store, runId: number): Promise<Explanation> {
  const { observations, ...known } = await store.explainRun(runId);
  const ordered = [...observations].sort((one, other) => (one.jobId ?? 0) - (other.jobId ?? 0));
  return { ...known, observations: ordered };
}

function sorted<T>(list: readonly T[]): T[] {
  const text = (each: T) => JSON.stringify(each);
  return [...list].sort((one, other) => (text(one) < text(other) ? -1 : 1));
}
