import type { Store } from '../src/domain/contracts.ts';
import type { Explanation } from '../src/domain/explanation.ts';

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
    queue: await store.queueStatus(),
  };
  // Without prototypes.
  return JSON.parse(JSON.stringify(whole));
}

/** The order of what came in the same moment is only that of processing within a job. */
async function runOf(store: Store, runId: number): Promise<Explanation> {
  const { runs, jobs, observations } = await store.explainRun(runId);
  const ordered = [...observations].sort((one, other) => (one.jobId ?? 0) - (other.jobId ?? 0));
  return { runs, jobs, observations: ordered };
}

function sorted<T>(list: readonly T[]): T[] {
  const text = (each: T) => JSON.stringify(each);
  return [...list].sort((one, other) => (text(one) < text(other) ? -1 : 1));
}
