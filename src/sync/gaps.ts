import type { Checkpoints } from './checkpoints.ts';
import type { Report } from './report.ts';

/** A span of time in which everything is known. */
export interface Coverage {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The repositories that may miss events, each since its checkpoint, until the pass has read them. */
export class Gaps {
  readonly #checkpoints: Checkpoints;
  readonly #report: Report;
  readonly #nowMs: number;
  readonly #open = new Map<string, number>();

  constructor(checkpoints: Checkpoints, report: Report, nowMs: number) {
    this.#checkpoints = checkpoints;
    this.#report = report;
    this.#nowMs = nowMs;
  }

  async add(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const checkpointMs = await this.#checkpoints.ofRepository(name);
      this.#open.set(name, checkpointMs);
      this.#report.behind(name, checkpointMs);
    }
  }

  get names(): string[] {
    return [...this.#open.keys()];
  }

  entries(): [name: string, checkpointMs: number][] {
    return [...this.#open];
  }

  /** Closes the gaps that start within this span, or the part of them that it covers. */
  async cover({ sinceMs, untilMs }: Coverage, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const checkpointMs = this.#open.get(name);
      if (checkpointMs !== undefined && sinceMs <= checkpointMs && checkpointMs < untilMs)
        await this.#advance(name, untilMs);
    }
  }

  /**
   * Leaves to the next pass the gaps that a log may still close, if it covers everything since `sinceMs`: a
   * log has more detail than a list.
   */
  wait(sinceMs: number, names: readonly string[]): void {
    for (const name of names) if (sinceMs <= (this.#open.get(name) ?? 0)) this.#open.delete(name);
  }

  /** Everything up to this pass is known. */
  close(name: string): Promise<void> {
    return this.#advance(name, this.#nowMs);
  }

  /** Everything up to `untilMs` is known; the gap goes on after it, if the pass began later. */
  async #advance(name: string, untilMs: number): Promise<void> {
    if (untilMs < this.#nowMs) this.#open.set(name, untilMs);
    else this.#open.delete(name);
    await this.#checkpoints.setRepository(name, untilMs);
    this.#report.reached(name, untilMs);
  }
}
