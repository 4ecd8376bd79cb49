import type { Coverage } from './log-reading.ts';
import type { Marks } from './marks.ts';
import type { Report } from './report.ts';

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
      this.#report.marks.set(name, markMs);
    }
  }

  get names(): string[] {
    return [...this.#open.keys()];
  }

  entries(): [name: string, markMs: number][] {
    return [...this.#open];
  }

  /** Closes the gaps that begin where the log does, or later; those that a log will close are left to the next pass, because it tells more than a list. */
  async cover({ sinceMs, pendingMs }: Coverage, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const markMs = this.#open.get(name);
      if (markMs === undefined) continue;
      if (sinceMs <= markMs) await this.close(name);
      else if (pendingMs <= markMs) this.#open.delete(name);
    }
  }

  /** Everything up to this pass is known. */
  async close(name: string): Promise<void> {
    this.#open.delete(name);
    await this.#marks.setRepository(name, this.#nowMs);
    this.#report.marks.set(name, this.#nowMs);
  }

  /** What is gone can't be behind. */
  giveUp(name: string): void {
    this.#report.marks.delete(name);
  }
}
