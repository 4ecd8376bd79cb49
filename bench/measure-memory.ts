import { sumOf } from '../test/samples.ts';
import { roundedJobs } from './bodies.ts';
import type { LoadProcess } from './load-process.ts';
import { residentBytesOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { startService } from './servers.ts';

const MEBIBYTE = 1024 * 1024;
const BUDGET_MIB = 200;
/** More than that between the middle and the end is growth, not noise. */
const FLAT_MIB = 10;
const ROUND_JOBS = 5000;
const CONNECTIONS = 256;

/** What a small container has. */
const LIMIT = '256MiB';

/**
 * Resident memory while `jobs` jobs arrive on top of the database in `folder`, in rounds, as fast as they
 * are accepted.
 */
export async function measureMemory(
  { folder, storedJobs, jobs }: { folder: string; storedJobs: number; jobs: number },
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  await using service = await startService(folder, { ANT_WATCHER_MEMORY_LIMIT: LIMIT });
  const residentMib: number[] = [];
  let done = 0;
  let accepted = 0;
  while (done < jobs) {
    const round = roundedJobs(Math.min(ROUND_JOBS, jobs - done));
    const { answered } = await load.send({
      ports: [service.port],
      jobs: round,
      connections: CONNECTIONS,
      perSecond: null,
    });
    accepted += answered[202] ?? 0;
    await service.settled();
    done += round;
    residentMib.push(residentBytesOf(service.pid).now / MEBIBYTE);
    progress(`memory: ${numberText(residentMib.at(-1) ?? 0)} MiB after ${numberText(done)} jobs`);
  }
  const last = residentMib.at(-1) ?? 0;
  const growth = last - (residentMib[Math.floor((residentMib.length - 1) / 2)] ?? 0);
  const highest = residentBytesOf(service.pid).highest / MEBIBYTE;
  const origin = storedJobs > 0 ? ` on top of ${numberText(storedJobs)} stored` : '';
  return [
    {
      what: `resident memory after ${numberText(done)} jobs${origin}, memory.limit ${LIMIT}`,
      measured: `${numberText(last)} MiB (highest ${numberText(highest)} MiB)`,
      budget: `≤ ${BUDGET_MIB} MiB`,
      isMet: last <= BUDGET_MIB,
    },
    {
      what: 'its growth in the second half',
      measured: `${numberText(growth, 1)} MiB`,
      budget: `≤ ${FLAT_MIB} MiB`,
      isMet: growth <= FLAT_MIB,
    },
    await lostRow(service, { done, accepted }),
  ];
}

/** Whether everything accepted is counted. What was refused for lack of memory is reported separately. */
async function lostRow(
  service: Awaited<ReturnType<typeof startService>>,
  { done, accepted }: { readonly done: number; readonly accepted: number },
): Promise<Row> {
  const samples = await service.metrics();
  const counted = sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' });
  const jobs = numberText(sumOf(samples, 'github_actions_jobs_total'));
  const refused = numberText(3 * done - accepted);
  return {
    what: 'lost meanwhile: answered 202 − counted as accepted',
    measured: `${numberText(accepted - counted)} of ${numberText(accepted)} (${refused} refused; ${jobs} jobs counted)`,
    budget: '0',
    isMet: accepted === counted,
  };
}
