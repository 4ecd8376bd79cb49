import type { LoadProcess } from './load-process.ts';
import { acceptedRow } from './lost.ts';
import { residentBytesOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { type AntWatcher, openFolder, startService } from './servers.ts';

export interface LimitSizes {
  /** Sent at the rate of a very large organization. */
  readonly steadyJobs: number;
  /** Then sent at once, as fast as they are answered. */
  readonly burstJobs: number;
}

const MEBIBYTE = 1024 * 1024;
const PER_SECOND = 500;
const CONNECTIONS = 64;

/** With as little memory as `memory.limit` allows: what is refused, and whether anything is lost. */
export async function measureLimits(
  sizes: LimitSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  return [
    ...(await measureLimit('192MiB', { ...sizes, mayRefuse: false }, load, progress)),
    ...(await measureLimit('128MiB', { ...sizes, mayRefuse: true }, load, progress)),
  ];
}

async function measureLimit(
  limit: string,
  { steadyJobs, burstJobs, mayRefuse }: LimitSizes & { readonly mayRefuse: boolean },
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  await using service = await startService(folder.path, { ANT_WATCHER_MEMORY_LIMIT: limit });
  const steady = await send(service, steadyJobs, PER_SECOND, load);
  const burst = await send(service, burstJobs, null, load);
  await service.settled();
  const refused = steady.sent - steady.accepted;
  const mib = numberText(residentBytesOf(service.pid).highest / MEBIBYTE);
  progress(`memory.limit ${limit}: ${refused} refused, highest ${mib} MiB`);
  const lost = await acceptedRow(
    `memory.limit ${limit}, with a burst of ${numberText(burst.sent)} after it`,
    service,
    {
      sent: steady.sent + burst.sent,
      accepted: steady.accepted + burst.accepted,
    },
  );
  return [
    {
      what: `memory.limit ${limit} at ${PER_SECOND}/s: refused`,
      measured: `${numberText(refused)} of ${numberText(steady.sent)} (highest ${mib} MiB)`,
      ...(mayRefuse ? { budget: '' } : { budget: '0', isMet: refused === 0 }),
    },
    lost,
  ];
}

async function send(service: AntWatcher, jobs: number, perSecond: number | null, load: LoadProcess) {
  const { sent, answered } = await load.send({
    ports: [service.port],
    jobs,
    connections: CONNECTIONS,
    perSecond,
  });
  return { sent, accepted: answered[202] ?? 0 };
}
