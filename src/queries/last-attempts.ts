import type { Batch, FinishedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { getOrCreate } from './get-or-create.ts';

/** What has to be known of a job that failed. */
export interface FailedJob {
  readonly runId: number;
  readonly jobName: number;
  readonly runAttempt: number;
}

const COLUMNS = ['runId', 'jobName', 'runAttempt'] as const;
type Attempts = Batch<FinishedJobColumns, (typeof COLUMNS)[number]>;

/**
 * The last attempt in which the jobs of a name ran, of runs with more than one. Legs of a matrix have one name:
 * a leg counts as run again if any did, because GitHub runs all that failed again.
 */
export class LastAttempts {
  readonly #byRun = new Map<number, Map<number, number>>();

  addAll(batch: Attempts): void {
    const { size, runAttempt } = batch;
    for (let row = 0; row < size; row += 1) if ((runAttempt[row] ?? 1) > 1) this.add(batch, row);
  }

  add({ runId, jobName, runAttempt }: Attempts, row: number): void {
    const attempt = runAttempt[row] ?? 1;
    if (attempt < 2) return;
    const byName = getOrCreate(this.#byRun, runId[row] ?? 0, () => new Map<number, number>());
    const name = jobName[row] ?? 0;
    byName.set(name, Math.max(attempt, byName.get(name) ?? 0));
  }

  /** Reads what ran after the window, or on runners that the filters leave out. */
  async addTheRest(reader: HistoryReader, window: Window, filters: HistoryFilters): Promise<void> {
    const isNarrow = [filters.runsOn, filters.label, filters.runnerGroup].some(({ length }) => length > 0);
    const rest = { fromMs: isNarrow ? window.fromMs : window.toMs, toMs: reader.nowMs + 1 };
    const anywhere = { ...filters, runsOn: [], label: [], runnerGroup: [] };
    for await (const batch of reader.finishedJobs(rest, anywhere, COLUMNS)) this.addAll(batch);
  }

  wasRunAgain({ runId, jobName, runAttempt }: FailedJob): boolean {
    return (this.#byRun.get(runId)?.get(jobName) ?? 0) > runAttempt;
  }
}
