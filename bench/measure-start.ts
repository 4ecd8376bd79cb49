import { medianOf, numberText, type Progress, type Row } from './report.ts';
import { openFolder, startService } from './servers.ts';

const STARTS = 5;

/** From the start of the process to the first success of `/readyz`, without an existing database. */
export async function measureStart(progress: Progress): Promise<Row[]> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    using folder = openFolder();
    times.push(await timeOfStart(folder.path));
  }
  return [startRow('start until ready, new database', times, 1000, progress)];
}

/** The same on the database in `folder`. */
export async function measureStartWith(folder: string, jobs: number, progress: Progress): Promise<Row[]> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i += 1) times.push(await timeOfStart(folder));
  return [startRow(`start until ready, ${numberText(jobs)} jobs stored`, times, 2000, progress)];
}

async function timeOfStart(folder: string): Promise<number> {
  await using service = await startService(folder);
  return service.readyMs;
}

function startRow(what: string, times: readonly number[], budgetMs: number, progress: Progress): Row {
  const ms = medianOf(times);
  progress(`${what}: ${numberText(ms)} ms`);
  return {
    what,
    measured: `${numberText(ms)} ms (median of ${times.length}, longest ${numberText(Math.max(...times))} ms)`,
    budget: `≤ ${numberText(budgetMs)} ms`,
    isMet: ms <= budgetMs,
  };
}
