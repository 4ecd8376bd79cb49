import { roundedJobs } from './bodies.ts';
import type { LoadProcess } from './load-process.ts';
import { acceptedRow } from './lost.ts';
import { residentBytesOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row, rangeText, ratioText } from './report.ts';
import { type Server, startBareHandler, startService } from './servers.ts';

const MEBIBYTE = 1024 * 1024;
const BUDGET = 1.4;
/** More than that between the middle and the end is growth, not noise. */
const FLAT_MIB = 10;
const ROUND_JOBS = 5000;
const CONNECTIONS = 256;
const SAMPLE_EVERY_MS = 50;

/** Of a round, while deliveries come. */
interface Round {
  readonly residentMib: number;
  readonly accepted: number;
}

/**
 * Resident memory in the default settings while `jobs` jobs arrive on top of the database in `folder`, in rounds, as
 * fast as they are accepted; the bare handler gets as many in turns.
 */
export async function measureMemory(
  { folder, storedJobs, jobs }: { folder: string; storedJobs: number; jobs: number },
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  await using bare = await startBareHandler();
  await using service = await startService(folder);
  const [floors, ours] = [[] as Round[], [] as Round[]];
  let done = 0;
  while (done < jobs) {
    const count = Math.min(ROUND_JOBS, jobs - done);
    floors.push(await sendRound(bare, count, load));
    ours.push(await sendRound(service, count, load));
    await service.settled();
    done += roundedJobs(count);
    const mib = numberText(ours.at(-1)?.residentMib ?? 0);
    progress(`memory: ${mib} MiB after ${numberText(done)} jobs`);
  }
  const accepted = ours.reduce((sum, round) => sum + round.accepted, 0);
  const highestMib = residentBytesOf(service.pid).highest / MEBIBYTE;
  const origin = storedJobs > 0 ? ` on top of ${numberText(storedJobs)} stored` : '';
  return [
    ...residentRows(`${numberText(done)} jobs${origin}`, { floors, ours, highestMib }),
    await acceptedRow('lost meanwhile', service, { sent: 3 * done, accepted }),
  ];
}

/** What matters is the second half, when the heaps are as large as they get. */
function residentRows(
  which: string,
  { floors, ours, highestMib }: { floors: readonly Round[]; ours: readonly Round[]; highestMib: number },
): Row[] {
  const middle = Math.floor((ours.length - 1) / 2);
  const mibOf = (rounds: readonly Round[]): number[] =>
    rounds.slice(middle).map(({ residentMib }) => residentMib);
  const [floor, service] = [mibOf(floors), mibOf(ours)];
  const ratios = service.map((mib, round) => mib / (floor[round] ?? Number.NaN));
  const growth = (service.at(-1) ?? 0) - (service[0] ?? 0);
  const ofService = `${numberText(medianOf(service))} MiB, ${rangeText(service)}, highest ${numberText(highestMib)}`;
  return [
    {
      what: `resident memory under full load, default settings, ${which} ÷ bare handler`,
      measured: ratioText(ratios, [ofService, `bare ${numberText(medianOf(floor))} MiB`]),
      budget: `≤ ${BUDGET} ×`,
      isMet: medianOf(ratios) <= BUDGET,
    },
    {
      what: 'its growth in the second half',
      measured: `${numberText(growth, 1)} MiB`,
      budget: `≤ ${FLAT_MIB} MiB`,
      isMet: growth <= FLAT_MIB,
    },
  ];
}

async function sendRound({ pid, port }: Server, jobs: number, load: LoadProcess): Promise<Round> {
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentBytesOf(pid).now), SAMPLE_EVERY_MS);
  const { answered } = await load.send({ ports: [port], jobs, connections: CONNECTIONS, perSecond: null });
  clearInterval(sampling);
  samples.push(residentBytesOf(pid).now);
  return { residentMib: medianOf(samples) / MEBIBYTE, accepted: answered[202] ?? 0 };
}
