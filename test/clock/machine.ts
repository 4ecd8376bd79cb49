import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeTimePath } from '../peers.ts';
import { until } from '../push/receivers.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/*
 * For tests: a machine whose clock can be set while the real process runs on it. Only the time is wrong: what
 * the process measures, timers and the monotonic clock, is right.
 */

const SECOND = 1;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What runs each second has run a few times. */
const FEW_SECONDS_MS = 3500;

export interface Machine extends Disposable {
  /** For a process on it. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on its clock is ahead by so many seconds. */
  set(aheadSeconds: number): void;
  /** As `set`; resolves once the running service has noticed. */
  step(service: Service, aheadSeconds: number): Promise<void>;
  /** Lets the service work for a few seconds. */
  letWork(): Promise<void>;
}

export function openMachine(aheadSeconds = 0): Machine {
  const folder = openTemporaryFolder();
  const file = join(folder.path, 'offset');
  const set = (seconds: number) => {
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  };
  set(aheadSeconds);
  return {
    env: {
      LD_PRELOAD: fakeTimePath(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    async step(service, seconds) {
      const steps = async () => sumOf(await service.metrics(), 'ant_watcher_clock_steps_total');
      const before = await steps();
      set(seconds);
      await until('the step was not noticed', async () => (await steps()) > before);
    },
    letWork: () => sleep(FEW_SECONDS_MS),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}
