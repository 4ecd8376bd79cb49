import type { Marks } from './checkpoints.ts';
import type { Report } from './report.ts';

/** A time of which everything is known. */
export interface Coverage {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The repositories of which something may be missing, each from its mark on, until the pass has read it. */
export class Gaps {
  readonly #marks: Marks;
  readonly #report: Report;
  readonly #nowMs: number;
  readonly #open = new Map<string, number>();

  constructor(marks: Marks, report: Report, nowMs: number) {
    this.#marks = marks;
    this.#report = report;
    this.#nowMs = nowMs;
  }

  async add(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const markMs = await this.#marks.ofRepository(name);
      this.#open.set(name, markMs);
      this.#report.behind(name, markMs);
    }
  }

  get names(): string[] {
    return [...this.#open.keys()];
  }

  entries(): [name: string, markMs: number][] {
    return [...this.#open];
  }

  /** Closes the gaps that begin in the time, or the part of them that it covers. */
  async cover({ sinceMs, untilMs }: Coverage, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const markMs = this.#open.get(name);
      if (markMs !== undefined && sinceMs <= markMs && markMs < untilMs) await this.#close(name, untilMs);
    }
  }

  /** Leaves to the next pass the gaps that a log may close which tells everything from then on: it tells more than a list. */
  wait(sinceMs: number, names: readonly string[]): void {
    for (const name of names) if (sinceMs <= (this.#open.get(name) ?? 0)) this.#open.delete(name);
  }

  /** Everything up to this pass is known. */
  close(name: string): Promise<void> {
    return this.#close(name, this.#nowMs);
  }

  async #close(name: string, untilMs: number): Promise<void> {
    if (untilMs < this.#nowMs) this.#open.set(name, untilMs);
    else this.#open.delete(name);
    await this.#marks.setRepository(name, untilMs);
    this.#report.reached(name, untilMs);
  }
}
