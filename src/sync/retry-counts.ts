import type { Problem } from './outcome.ts';

/** The waits are 30 s, 1, 2, 4 and 8 minutes. */
const FIRST_WAIT_MS = 30_000;
const MOST = 5;

/** What GitHub fails to tell is asked for again a few times, before something that tells less takes its place. */
export class Trials {
  readonly #inVain = new Map<string, number>();
  readonly #failingSinceMs = new Map<string, number>();

  /** Answers when to ask again; null: something else has to do. */
  failed(name: string, { retryAtMs, isHopeless }: Problem, nowMs: number): number | null {
    if (isHopeless) return null;
    const before = this.#inVain.get(name) ?? 0;
    if (before === MOST) return null;
    this.#inVain.set(name, before + 1);
    return Math.max(retryAtMs ?? 0, nowMs + FIRST_WAIT_MS * 2 ** before);
  }

  /** How long it has failed, each time that it was asked for. */
  failingForMs(name: string, nowMs: number): number {
    const sinceMs = this.#failingSinceMs.get(name) ?? nowMs;
    this.#failingSinceMs.set(name, sinceMs);
    return nowMs - sinceMs;
  }

  /** It was told, or a part of it. */
  passed(name: string): void {
    this.#inVain.delete(name);
    this.#failingSinceMs.delete(name);
  }
}
