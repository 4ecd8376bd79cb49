/**
 * Takes a snapshot every `intervalMs` (null: never), the first one after that time, and never two at once. A failure that `take`
 * throws ends the process like any other bug. `end` is the last thing that `close` does.
 */
export function startSnapshots({
  intervalMs,
  take,
  end,
}: {
  readonly intervalMs: number | null;
  readonly take: () => Promise<void>;
  readonly end: () => Promise<void>;
}): { close(): Promise<void> } {
  let under: Promise<void> | null = null;
  const step = (): void => {
    under ??= take().finally(() => {
      under = null;
    });
  };
  const timer = intervalMs === null ? null : setInterval(step, intervalMs).unref();
  return {
    async close() {
      if (timer !== null) clearInterval(timer);
      await under;
      await end();
    },
  };
}
