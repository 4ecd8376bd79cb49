import type { Clock, Engine } from '../domain/contracts.ts';
import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import type { Increment } from '../domain/metric.ts';

/** How far before a checkpoint to read again: GitHub's lists and logs may lag, and clocks differ. */
export const OVERLAP_MS = 10 * 60_000;

/** What was counted of a log, in a form that can be stored. */
export interface TallyState {
  readonly fromMs: number;
  /** Null: no entry was read yet. */
  readonly untilMs: number | null;
  readonly increments: readonly Increment[];
}

/** Where a pass over the log of a hook was interrupted. */
export interface Cursor {
  /** When that pass started. Everything in the log from then back to the page is stored here. */
  readonly startedAtMs: number;
  /** The next page, as GitHub names it. */
  readonly next: string;
  /** What was counted of it so far; none if by a version that did not count. */
  readonly tally?: TallyState;
}

/** For each hook and repository, the time up to which everything is known. */
export interface Checkpoints {
  /** When recovery first ran on this database. What had ended by then is not fetched. */
  readonly beginMs: number;
  /** This is the first pass: nothing can be missing. */
  readonly isFirst: boolean;
  /**
   * The repository's checkpoint. For a new repository it is the last pass, or the time when its owner's
   * repositories could last be listed, if that is earlier: nothing before can be missing.
   */
  ofRepository(name: string): Promise<number>;
  /** When the owner's repositories were last listed; null: never. */
  ofOwner(owner: string): Promise<number | null>;
  /**
   * To call while the owner's repositories can't be listed: those found later may have existed since then.
   * Returns since when.
   */
  holdOwner(owner: string): Promise<number>;
  setOwner(owner: string, atMs: number): Promise<void>;
  /** Null: not known yet to send to us. */
  ofHook(name: string): Promise<number | null>;
  setRepository(name: string, atMs: number): Promise<void>;
  setHook(name: string, atMs: number): Promise<void>;
  /** Null: no pass was interrupted. */
  cursorOf(hookName: string): Promise<Cursor | null>;
  setCursor(hookName: string, cursor: Cursor | null): Promise<void>;
  /** Ends the pass. */
  setPass(atMs: number): Promise<void>;
}

type Notes = Pick<Engine, 'readMark' | 'writeMark' | 'readNote' | 'writeNote'>;

const BEGIN = 'recovery/begin';
const PASS = 'recovery/pass';

/** The checkpoints for a pass that starts at `nowMs`; recovery started at `startedMs` on the steady clock. */
export async function openCheckpoints(
  notes: Notes,
  nowMs: number,
  { steady, startedMs }: { readonly steady: Clock; readonly startedMs: number },
): Promise<Checkpoints> {
  // GitHub's times are whole seconds.
  const startSecondMs = Math.floor((nowMs - (steady() - startedMs)) / 1000) * 1000;
  const knownBeginMs = await notes.readMark(BEGIN);
  const isBegun = knownBeginMs !== null && !isLater(knownBeginMs);
  const beginMs = isBegun ? knownBeginMs : await set(BEGIN, startSecondMs);
  const passMs = await read(PASS);
  const lastPassMs = passMs ?? beginMs;
  const ofRepository = (name: string) => `repository/${name.toLowerCase()}`;
  const ofOwner = (owner: string) => `owner/${owner.toLowerCase()}`;

  /** Whether only a clock that was ahead can have set it. */
  function isLater(atMs: number): boolean {
    return atMs > nowMs + OVERLAP_MS;
  }

  /** Such a mark was set nobody knows when: all that may have changed since recovery began is read again. */
  function trusted(atMs: number): number {
    return isLater(atMs) ? Math.max(beginMs, nowMs - LONGEST_RUN_MS) : atMs;
  }

  async function read(name: string): Promise<number | null> {
    const atMs = await notes.readMark(name);
    return atMs === null ? null : trusted(atMs);
  }

  async function set(name: string, atMs: number): Promise<number> {
    await notes.writeMark(name, atMs);
    return atMs;
  }

  async function readOrSet(name: string, byDefault: number): Promise<number> {
    return (await read(name)) ?? set(name, byDefault);
  }

  return {
    beginMs,
    isFirst: passMs === null,
    async ofRepository(name) {
      const listedMs = await read(ofOwner(name.split('/')[0] ?? ''));
      return readOrSet(ofRepository(name), Math.min(lastPassMs, listedMs ?? lastPassMs));
    },
    ofOwner: (owner) => read(ofOwner(owner)),
    holdOwner: (owner) => readOrSet(ofOwner(owner), lastPassMs),
    setOwner: (owner, atMs) => notes.writeMark(ofOwner(owner), atMs),
    ofHook: (name) => read(`hook/${name}`),
    setRepository: (name, atMs) => notes.writeMark(ofRepository(name), atMs),
    setHook: (name, atMs) => notes.writeMark(`hook/${name}`, atMs),
    async cursorOf(hookName) {
      const note = await notes.readNote(`hook/${hookName}`);
      if (note === null) return null;
      const cursor = JSON.parse(note) as Cursor;
      return { ...cursor, startedAtMs: trusted(cursor.startedAtMs) };
    },
    setCursor: (hookName, cursor) =>
      notes.writeNote(`hook/${hookName}`, cursor === null ? null : JSON.stringify(cursor)),
    setPass: (atMs) => notes.writeMark(PASS, atMs),
  };
}
