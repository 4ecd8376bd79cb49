import type { Engine } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { IncrementBuffer } from '../metrics/increment-buffer.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { openSerialQueue } from '../timing/serial-queue.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { Sleep } from '../timing/sleep.ts';

/** Whole expositions, pushed again and again, and never two at once. */
export interface Snapshots {
  /**
   * From now on every `intervalMs`, the first one after that time; null: never. The same interval as before
   * goes on.
   */
  pushEvery(intervalMs: number | null): void;
  /** Pushes no more, and cuts short what is under way. */
  close(): Promise<void>;
}

/** Pushes none yet. A bug ends the process like any other. */
export function openSnapshots({
  engine,
  meter,
  lead,
  readings,
  sleep,
}: {
  readonly engine: Pick<Engine, 'pushSnapshot' | 'endSnapshots'>;
  readonly meter: Pick<IncrementBuffer, 'flush'>;
  /** Of the processes that share a store, one pushes. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
  readonly readings: () => GaugeReading[];
  readonly sleep?: Sleep;
}): Snapshots {
  const inTurn = openSerialQueue();
  let pushes: Repetition | null = null;
  let currentMs: number | null = null;

  async function push(): Promise<void> {
    if (!lead.isHeld) return;
    await meter.flush();
    await engine.pushSnapshot(readings());
  }

  return {
    pushEvery(intervalMs) {
      if (intervalMs === currentMs) return;
      currentMs = intervalMs;
      void pushes?.close();
      pushes = intervalMs === null ? null : repeatEvery(intervalMs, () => inTurn(push), { sleep });
    },
    async close() {
      await pushes?.close();
      await inTurn(() => engine.endSnapshots());
    },
  };
}
