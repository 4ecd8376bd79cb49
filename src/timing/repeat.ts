import { type Monotonic, monotonicMs } from './monotonic.ts';
import { backgroundSleep, type Sleep } from './sleep.ts';

/** Something that is done again and again. */
export interface Repetition {
  /**
   * Rejects with what was thrown, which is a bug and the end of the repetition: if it is not handled, the
   * process ends. Never resolves.
   */
  readonly failed: Promise<never>;
  /** Ends the wait, and resolves once what is under way is over. Rejects with what that throws. */
  close(): Promise<void>;
}

export interface RepeatOptions {
  /** How long the first time is waited for. */
  readonly firstAfterMs?: number;
  readonly sleep?: Sleep | undefined;
  /** Aborted by `close`, so that a step can end early. */
  readonly closing?: AbortController;
}

/**
 * Calls `step` again and again, never two at once; it answers in how many milliseconds it is to be called
 * next.
 */
export function repeat(
  step: () => Promise<number>,
  { firstAfterMs = 0, sleep = backgroundSleep, closing = new AbortController() }: RepeatOptions = {},
): Repetition {
  const failure = Promise.withResolvers<never>();

  async function run(): Promise<void> {
    let waitMs = firstAfterMs;
    while (!closing.signal.aborted) {
      if (waitMs > 0) await sleep(waitMs, closing.signal);
      if (!closing.signal.aborted) waitMs = await step();
    }
  }

  const done = run().catch((error: unknown) => {
    if (closing.signal.aborted) throw error;
    failure.reject(error);
  });
  return {
    failed: failure.promise,
    async close() {
      closing.abort();
      await done;
    },
  };
}

/**
 * Runs `task` at a fixed rate, the first time after `everyMs`. A time at which it is still under way is left
 * out.
 */
export function repeatEvery(
  everyMs: number,
  task: () => Promise<void>,
  options: RepeatOptions & { readonly monotonic?: Monotonic } = {},
): Repetition {
  const { monotonic = monotonicMs } = options;
  async function step(): Promise<number> {
    const startedAtMs = monotonic();
    await task();
    return everyMs - ((monotonic() - startedAtMs) % everyMs);
  }
  return repeat(step, { firstAfterMs: everyMs, ...options });
}
