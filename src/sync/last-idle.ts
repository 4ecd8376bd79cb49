import { DOMAIN } from '../domain/catalogue.ts';
import type { RecoveryNotes } from '../domain/contracts.ts';
import type { RunnerGroup } from '../domain/github-api.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';

export type Notes = Pick<RecoveryNotes, 'readNote' | 'writeNote'>;

const NOTE = 'runners/last_idle';
/** A group that was not idle for so long is forgotten. */
const FORGET_MS = 90 * 86_400_000;
/** The groups of more than one company. Beyond that, those that were idle longest ago are forgotten. */
const MAX_GROUPS = 5000;

interface Idle {
  /** As `owner` of the gauge. */
  readonly target: string;
  /** A group keeps its id when it gets another name. */
  readonly groupId: number | null;
  readonly group: string;
  readonly atMs: number;
}

/**
 * When each runner group was last seen with an idle runner. Stored, so that it goes on after a restart, and in
 * another process that asks from then on.
 */
export class LastIdle {
  readonly #notes: Notes;
  readonly #byGroup = new Map<string, Idle>();
  #isRead = false;
  #isChanged = false;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** To be called before anything is noted. */
  async read(): Promise<void> {
    if (this.#isRead) return;
    const stored = JSON.parse((await this.#notes.readNote(NOTE)) ?? '[]') as Idle[];
    for (const each of stored) this.#byGroup.set(keyOf(each.target, each.groupId), each);
    this.#isRead = true;
  }

  /** The groups of the target are these, as seen at that time. */
  note(target: string, groups: readonly RunnerGroup[], atMs: number): void {
    const exist = new Set(groups.map(({ id }) => keyOf(target, id)));
    for (const [key, each] of this.#byGroup)
      if (each.target === target && !exist.has(key)) this.#isChanged = this.#byGroup.delete(key);
    for (const { id, name, isFree } of groups) {
      const key = keyOf(target, id);
      const before = this.#byGroup.get(key);
      const idleAtMs = isFree ? atMs : before?.atMs;
      if (idleAtMs === undefined || (before?.atMs === idleAtMs && before.group === name)) continue;
      this.#byGroup.set(key, { target, groupId: id, group: name, atMs: idleAtMs });
      this.#isChanged = true;
    }
  }

  /** Stores what has changed. */
  async write(nowMs: number): Promise<void> {
    if (!this.#isChanged) return;
    const all = [...this.#byGroup.values()].filter(({ atMs }) => nowMs - atMs < FORGET_MS);
    const kept = all.sort((a, b) => b.atMs - a.atMs).slice(0, MAX_GROUPS);
    await this.#notes.writeNote(NOTE, JSON.stringify(kept));
    this.#isChanged = false;
  }

  /** Of one target. */
  readings(target: string): GaugeReading[] {
    return [...this.#byGroup.values()]
      .filter((each) => each.target === target)
      .map(({ group, atMs }) => readingOf(DOMAIN.runnerGroupLastIdle, [target, group], atMs / 1000));
  }
}

function keyOf(target: string, groupId: number | null): string {
  return JSON.stringify([target, groupId]);
}
