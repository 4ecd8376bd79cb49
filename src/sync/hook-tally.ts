import type { Engine } from '../domain/contracts.ts';
import type { DeliveryAttempt, Hook } from '../domain/github-history.ts';
import { attemptCounts, attemptZeros } from '../domain/hook-attempts.ts';
import { HOOK_METRICS } from '../domain/hook-metrics.ts';
import { countOf, IncrementSums } from '../domain/metric.ts';
import { OVERLAP_MS, type TallyState } from './checkpoints.ts';

/*
 * How GitHub's log of a hook is counted, each entry once, although it is read in overlapping parts and after
 * restarts. One reading counts the entries of a span of time that begins where the last one ended. It ends
 * ten minutes before now, because an entry may come into the log late. Until a reading is through, what it
 * has counted is kept with its place in the log, and belongs to no number yet. Then one transaction adds it
 * and moves the end.
 */

/** Of a reading that counts nothing. */
export const NO_TALLY: TallyState = { fromMs: 0, untilMs: 0, increments: [] };

type Counting = Pick<Engine, 'readNote' | 'countOnce'>;

/** One reading of the log of a hook. */
export class HookTally {
  readonly #of: string;
  readonly #fromMs: number;
  #untilMs: number | null;
  readonly #sums = new IncrementSums();

  constructor(of: string, { fromMs, untilMs, increments }: TallyState) {
    this.#of = of;
    this.#fromMs = fromMs;
    this.#untilMs = untilMs;
    this.#sums.add(increments);
  }

  /** A reading from the latest entry; one of a hook that was never read goes back to `sinceMs`. */
  static async begin(hook: Hook, sinceMs: number, engine: Counting): Promise<HookTally> {
    const { text } = await readCountedUntil(hook, engine);
    // The numbers are 0 for a while before they grow: otherwise the first entries would be no increase.
    if (text === null)
      await engine.countOnce(
        { name: noteOf(hook), before: null, after: String(sinceMs) },
        attemptZeros(hook.of),
      );
    const { atMs } = await readCountedUntil(hook, engine);
    return new HookTally(hook.of, { fromMs: atMs ?? sinceMs, untilMs: null, increments: [] });
  }

  /** Entries in the order of the log. */
  add(attempts: readonly DeliveryAttempt[], startedAtMs: number): void {
    const [latest] = attempts;
    if (latest === undefined) return;
    // By GitHub's time: if ours is ahead, entries are still to come before it.
    this.#untilMs ??= Math.min(startedAtMs - OVERLAP_MS, latest.deliveredAtMs + 1000);
    const untilMs = this.#untilMs;
    const within = attempts.filter(
      ({ deliveredAtMs }) => this.#fromMs <= deliveredAtMs && deliveredAtMs < untilMs,
    );
    this.#sums.add(within.flatMap((attempt) => attemptCounts(this.#of, attempt)));
  }

  state(): TallyState {
    const increments = this.#sums.take();
    this.#sums.add(increments);
    return { fromMs: this.#fromMs, untilMs: this.#untilMs, increments };
  }

  /**
   * Adds it to the numbers, if nothing else has counted this span; `unreadMs`: how much of the time before was
   * no longer in the log.
   */
  async finish(hook: Hook, unreadMs: number, engine: Counting): Promise<void> {
    const { fromMs, untilMs, increments } = this.state();
    const endMs = Math.max(fromMs, untilMs ?? fromMs);
    const { text, atMs } = await readCountedUntil(hook, engine);
    const isOthers = atMs !== null && atMs !== fromMs;
    if (isOthers || (endMs === fromMs && unreadMs <= 0)) return;
    const unread = unreadMs > 0 ? [countOf(HOOK_METRICS.hookUnread, [this.#of], unreadMs)] : [];
    const change = { name: noteOf(hook), before: text, after: String(endMs) };
    await engine.countOnce(change, [...increments, ...unread]);
  }
}

function noteOf({ name }: Hook): string {
  return `counted/hook/${name}`;
}

async function readCountedUntil(hook: Hook, engine: Pick<Engine, 'readNote'>) {
  const text = await engine.readNote(noteOf(hook));
  return { text, atMs: text === null ? null : Number(text) };
}
