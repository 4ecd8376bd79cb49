/** Wakes one sleeper. A ring while nobody sleeps is remembered, so no wake-up is lost. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or after `timeoutMs`. */
  rung(timeoutMs: number): Promise<void>;
}

export function openBell(): Bell {
  let wake: (() => void) | null = null;
  let isRung = false;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    async rung(timeoutMs) {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      isRung = false;
    },
  };
}
