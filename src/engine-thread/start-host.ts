import { availableParallelism } from 'node:os';
import type { Logger } from '../domain/contracts.ts';
import type { SharedTime } from '../timing/service-time.ts';
import { ThreadTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { SharedMoment } from '../timing/shared-moment.ts';
import { type EngineHost, hasOwnThread } from './engine-host.ts';
import { startEngineThread } from './engine-thread.ts';
import type { EngineThreadData } from './messages.ts';

export interface HostOptions extends Pick<EngineThreadData, 'engine' | 'log' | 'version'> {
  readonly time: SharedTime;
  readonly changed: SharedMoment;
  readonly lead: SharedLease;
  /** Of this thread. */
  readonly logger: Logger;
  /** What the process may use. */
  readonly limitBytes: number;
}

/** Starts the engine where it should run; resolves when it can accept deliveries, rejects with its `AntError`. */
export async function startHost({
  engine,
  log,
  version,
  time,
  changed,
  lead,
  logger,
  limitBytes,
}: HostOptions): Promise<EngineHost> {
  if (hasOwnThread(limitBytes, availableParallelism())) {
    const shared = { time: time.buffer, changed: changed.buffer, lead: lead.buffer };
    return await startEngineThread({ engine, log, version, ...shared });
  }
  // Mostly not needed, and large.
  const { startOnSameThread } = await import('./same-thread.ts');
  return await startOnSameThread({ ...engine, time: new ThreadTime(time), changed, lead, logger });
}
