import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ChurnOrder, ChurnOutcome } from './churn-process.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { openFolder, storageUrl } from './servers.ts';
import { startWorkingProcess } from './working-process.ts';

export interface ChurnSizes {
  /** Of which each is as long as the shortest retention, 35 days. */
  readonly rounds: number;
  readonly deliveriesPerDay: number;
}

/** After a round. */
interface Kept {
  readonly jobs: number;
  readonly fileBytes: number;
}

const DAYS = 35;
/** After the first round nothing was old enough; after the second as much has gone as has come. */
const BUDGET = 1.2;
const MEBIBYTE = 1024 ** 2;

/**
 * Months go by as fast as the engine can take what happens in them: whether what is old is forgotten as fast as new
 * work comes, and whether the file stays as large as it was.
 */
export async function measureChurn(
  { rounds, deliveriesPerDay }: ChurnSizes,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  const args = [storageUrl(folder.path), String(deliveriesPerDay)];
  await using engine = await startWorkingProcess<ChurnOrder, ChurnOutcome>('./churn-process.ts', args);
  const kept: Kept[] = [];
  const rates: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const { deliveries, elapsedMs } = await engine.run({ days: DAYS });
    rates.push((1000 * deliveries) / elapsedMs);
    kept.push(readKept(join(folder.path, 'ant-watcher.db')));
    const { jobs, fileBytes } = kept.at(-1) ?? { jobs: 0, fileBytes: 0 };
    const size = `${numberText(fileBytes / MEBIBYTE)} MiB`;
    progress(`churn: ${round * DAYS} days, ${numberText(jobs)} jobs stored, ${size}`);
  }
  const [first, last] = [kept[0], kept.at(-1)];
  if (first === undefined || last === undefined) return [];
  const after = `${rounds * DAYS} days at ${numberText(Math.min(...rates))}/s`;
  const row = (what: string, ratio: number, details: string): Row => ({
    what: `${what} after ${after}, of which ${DAYS} are kept ÷ after the first ${DAYS}`,
    measured: `${numberText(ratio, 2)} × (${details})`,
    budget: `≤ ${BUDGET} ×`,
    isMet: ratio <= BUDGET,
  });
  const each = (of: (one: Kept) => string): string => kept.map(of).join(', ');
  return [
    row(
      'jobs stored',
      last.jobs / first.jobs,
      each(({ jobs }) => numberText(jobs)),
    ),
    row(
      'the database file',
      last.fileBytes / first.fileBytes,
      `${each(({ fileBytes }) => numberText(fileBytes / MEBIBYTE))} MiB`,
    ),
  ];
}

function readKept(path: string): Kept {
  using database = new DatabaseSync(path, { readOnly: true });
  const jobs = Number(database.prepare('SELECT count(*) AS count FROM jobs').get()?.['count']);
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return { jobs, fileBytes: statSync(path).size + log };
}
