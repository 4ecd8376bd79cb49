import { setTimeout as sleep } from 'node:timers/promises';
import type { FloodOutcome } from './flood.ts';
import { startFlood } from './flood-process.ts';
import type { LoadOutcome } from './load.ts';
import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { openFolder, startService } from './servers.ts';

/** Good deliveries: far more than an organization sends, far less than a machine can take. */
const PER_SECOND = 500;
const CONNECTIONS = 64;
const WARM_UP_JOBS = 1000;
const ATTACK = { addresses: 4, connections: 64 };
/** The flood needs a moment to be one. */
const ONSET_MS = 2000;
/** Practically none. */
const NO_LIMITS = {
  ANT_WATCHER_WEBHOOK_RATE_LIMIT: '1000000',
  ANT_WATCHER_WEBHOOK_RATE_LIMIT_PER_ADDRESS: '1000000',
};

interface Measured {
  readonly good: LoadOutcome;
  readonly flood: FloodOutcome | null;
  /** The share of one core that the service used. */
  readonly cores: number;
}

/**
 * Good deliveries at a fixed rate without and with a flood of bad ones, and with the flood but without
 * limits.
 */
export async function measureFlood(jobs: number, load: LoadProcess, progress: Progress): Promise<Row[]> {
  const calm = await measure(jobs, load, { isFlooded: false });
  progress(`flood: without one p99 ${numberText(calm.good.latencyMs.p99, 1)} ms`);
  const flooded = await measure(jobs, load, { isFlooded: true });
  progress(`flood: during one p99 ${numberText(flooded.good.latencyMs.p99, 1)} ms`);
  const unlimited = await measure(jobs, load, { isFlooded: true, env: NO_LIMITS });
  const rate = `good deliveries at ${numberText(PER_SECOND)}/s`;
  const lost = flooded.good.sent - (flooded.good.answered[202] ?? 0);
  return [
    { what: `${rate}, no flood`, measured: describe(calm), budget: '' },
    {
      what: `${rate}, in a flood of bad signatures`,
      measured: describe(flooded),
      budget: 'none refused',
      isMet: lost === 0,
    },
    { what: 'the flood meanwhile', measured: describeFlood(flooded.flood), budget: '' },
    { what: `${rate}, in the flood, without limits`, measured: describe(unlimited), budget: '' },
    { what: 'the flood meanwhile', measured: describeFlood(unlimited.flood), budget: '' },
  ];
}

async function measure(
  jobs: number,
  load: LoadProcess,
  { isFlooded, env = {} }: { readonly isFlooded: boolean; readonly env?: Readonly<Record<string, string>> },
): Promise<Measured> {
  using folder = openFolder();
  await using service = await startService(folder.path, env);
  const order = { ports: [service.port], connections: CONNECTIONS, perSecond: PER_SECOND };
  await load.send({ ...order, perSecond: null, jobs: WARM_UP_JOBS });
  await using attacker = isFlooded ? startFlood({ port: service.port, ...ATTACK }) : null;
  if (isFlooded) await sleep(ONSET_MS);
  const beforeMs = cpuMsOf(service.pid);
  const good = await load.send({ ...order, jobs });
  const cores = (cpuMsOf(service.pid) - beforeMs) / good.elapsedMs;
  return { good, flood: attacker === null ? null : await attacker.stop(), cores };
}

function describe({ good, cores }: Measured): string {
  const { answered, sent, elapsedMs, latencyMs } = good;
  const taken = answered[202] ?? 0;
  const rate = numberText((taken * 1000) / elapsedMs);
  return `${numberText(taken)} of ${numberText(sent)} accepted, ${rate}/s, p50 ${numberText(latencyMs.p50, 1)} ms, p99 ${numberText(latencyMs.p99, 1)} ms; ${numberText(cores, 2)} cores`;
}

function describeFlood(flood: FloodOutcome | null): string {
  if (flood === null) return '';
  const { sent, answered, elapsedMs } = flood;
  const answers = Object.entries(answered).map(
    ([status, count]) => `${status === '0' ? 'closed' : status}: ${numberText(count)}`,
  );
  return `${numberText((sent * 1000) / elapsedMs)} requests/s (${answers.join(', ')})`;
}
