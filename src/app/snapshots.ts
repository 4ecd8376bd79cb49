import type { Engine, SnapshotKind } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { IncrementBuffer } from '../metrics/increment-buffer.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { openSerialQueue } from '../timing/serial-queue.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { Sleep } from '../timing/sleep.ts';

/** How often each kind is pushed; null: never. */
export type SnapshotIntervals = Readonly<Record<SnapshotKind, number | null>>;

/** All metrics as of one moment, pushed again and again, and never two at once. */
export interface Snapshots {
  /**
   * From now on each kind at its interval, the first one after that time. The same interval as before goes on.
   */
  pushEvery(intervals: SnapshotIntervals): void;
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
  const current = new Map<SnapshotKind, { readonly intervalMs: number; readonly pushes: Repetition }>();

  async function push(kind: SnapshotKind): Promise<void> {
    if (!lead.isHeld) return;
    await meter.flush();
    await engine.pushSnapshot(kind, readings());
  }

  function change(kind: SnapshotKind, intervalMs: number | null): void {
    const before = current.get(kind);
    if (intervalMs === (before?.intervalMs ?? null)) return;
    void before?.pushes.close();
    current.delete(kind);
    if (intervalMs === null) return;
    const pushes = repeatEvery(intervalMs, () => inTurn(() => push(kind)), { sleep });
    current.set(kind, { intervalMs, pushes });
  }

  return {
    pushEvery({ exposition, otlp }) {
      change('exposition', exposition);
      change('otlp', otlp);
    },
    async close() {
      await Promise.all(Array.from(current.values(), ({ pushes }) => pushes.close()));
      await inTurn(() => engine.endSnapshots());
    },
  };
}
