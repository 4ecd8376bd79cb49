import type { WorkSpan } from '../domain/work-span.ts';

/** What comes while so many wait is left out: this is for looking at the service, not for its numbers. */
const MAX_WAITING = 4096;

/** Spans that wait to be taken on, and how many there was no room for. */
export interface Waiting {
  readonly spans: readonly WorkSpan[];
  readonly leftOut: number;
}

/** Keeps a limited number of spans until they are taken. */
export class WaitingSpans {
  #spans: WorkSpan[] = [];
  #leftOut = 0;

  /** `leftOut`: how many there was no room for where they come from. */
  add(spans: readonly WorkSpan[], leftOut = 0): void {
    const room = MAX_WAITING - this.#spans.length;
    this.#spans.push(...spans.slice(0, room));
    this.#leftOut += leftOut + Math.max(0, spans.length - room);
  }

  /** All that wait; null: none do. */
  take(): Waiting | null {
    if (this.#spans.length === 0) return null;
    const taken = { spans: this.#spans, leftOut: this.#leftOut };
    this.#spans = [];
    this.#leftOut = 0;
    return taken;
  }
}
