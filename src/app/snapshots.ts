import type { Engine } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { IncrementBuffer } from '../metrics/increment-buffer.ts';

/** Whole expositions, pushed again and again, and never two at once. */
export interface Snapshots {
  /** From now on every `intervalMs`, the first one after that time; null: never. The same interval as before goes on. */
  setInterval(intervalMs: number | null): void;
  /** Pushes no more, and cuts short what is under way. */
  close(): Promise<void>;
}

/** Pushes none yet. A bug ends the process like any other. */
export function openSnapshots({
  engine,
  meter,
  readings,
}: {
  readonly engine: Pick<Engine, 'pushSnapshot' | 'endSnapshots'>;
  readonly meter: Pick<IncrementBuffer, 'flush'>;
  readonly readings: () => GaugeReading[];
}): Snapshots {
  let underWay: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let currentMs: number | null = null;

  async function push(): Promise<void> {
    await meter.flush();
    await engine.pushSnapshot(readings());
  }

  function step(): void {
    underWay ??= push().finally(() => {
      underWay = null;
    });
  }

  return {
    setInterval(intervalMs) {
      if (intervalMs === currentMs) return;
      currentMs = intervalMs;
      clearInterval(timer);
      timer = intervalMs === null ? undefined : setInterval(step, intervalMs).unref();
    },
    async close() {
      clearInterval(timer);
      await underWay;
      await engine.endSnapshots();
    },
  };
}
