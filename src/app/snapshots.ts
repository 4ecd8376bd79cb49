/** Whole expositions, taken again and again, and never two at once. */
export interface Snapshots {
  /** From now on every `intervalMs`, the first one after that time; null: never. The interval that is in force goes on. */
  setInterval(intervalMs: number | null): void;
  /** Takes no more. `end` is the last thing that it does. */
  close(): Promise<void>;
}

/** Takes none yet. A failure that `take` throws ends the process like any other bug. */
export function openSnapshots({
  take,
  end,
}: {
  readonly take: () => Promise<void>;
  readonly end: () => Promise<void>;
}): Snapshots {
  let under: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let inForceMs: number | null = null;
  const step = (): void => {
    under ??= take().finally(() => {
      under = null;
    });
  };
  return {
    setInterval(intervalMs) {
      if (intervalMs === inForceMs) return;
      inForceMs = intervalMs;
      clearInterval(timer);
      timer = intervalMs === null ? undefined : setInterval(step, intervalMs).unref();
    },
    async close() {
      clearInterval(timer);
      await under;
      await end();
    },
  };
}
