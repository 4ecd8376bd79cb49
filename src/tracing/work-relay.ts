import type { WorkSpan } from '../domain/work-span.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import type { Sleep } from '../timing/sleep.ts';
import { WaitingSpans } from './waiting-spans.ts';
import { WorkSpans } from './work-spans.ts';

/** Takes spans to where they are sent from, and says how many there was no room for. */
export type PassSpans = (spans: readonly WorkSpan[], leftOut: number) => Promise<void>;

const EVERY_MS = 1000;

/** Listens to the work of this thread, and passes its spans on to the thread that sends them. */
export class WorkRelay {
  readonly #pass: PassSpans;
  readonly #sleep: Sleep | undefined;
  #share = 0;
  #listener: WorkSpans | null = null;
  #passing: Repetition | null = null;
  readonly #waiting = new WaitingSpans();

  constructor(pass: PassSpans, sleep?: Sleep) {
    this.#pass = pass;
    this.#sleep = sleep;
  }

  /** From now on with this share (`WorkSpansOptions.share`). */
  listen(share: number): void {
    if (share === this.#share) return;
    this.#listener?.close();
    void this.#passing?.close();
    this.#share = share;
    const options = { share, onSpan: (span: WorkSpan) => this.#waiting.add([span]) };
    this.#listener = share === 0 ? null : new WorkSpans(options);
    this.#passing = share === 0 ? null : repeatEvery(EVERY_MS, () => this.#passAll(), { sleep: this.#sleep });
  }

  /** Listens no more, and passes on what is there. */
  async close(): Promise<void> {
    this.#listener?.close();
    await this.#passing?.close();
    await this.#passAll();
  }

  async #passAll(): Promise<void> {
    const taken = this.#waiting.take();
    if (taken !== null) await this.#pass(taken.spans, taken.leftOut);
  }
}
