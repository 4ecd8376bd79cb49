import type { Engine } from '../domain/contracts.ts';
import type { Report } from './report.ts';

/** What is read again before a mark: GitHub's lists and logs may lag behind, and clocks differ. */
export const OVERLAP_MS = 10 * 60_000;

/** Where a pass over the log of a hook was cut off. */
export interface Cursor {
  /** Everything of the log from this pass's beginning down to the page is here. */
  readonly startedAtMs: number;
  /** The next page, as GitHub names it. */
  readonly next: string;
}

/** The marks of recovery: for each hook and repository, up to when everything that it tells is known. */
export interface Checkpoints {
  /** When recovery began on this database; what was over by then is not fetched. */
  readonly beginMs: number;
  /** There was no pass before: nothing can be missing. */
  readonly isFirst: boolean;
  /**
   * That of the repository; one that is met for the first time was without anything to miss until the last pass, or until its owner's
   * repositories could last be listed.
   */
  ofRepository(name: string): Promise<number>;
  /** When the owner's repositories were last listed; null: they never were. */
  ofOwner(owner: string): Promise<number | null>;
  /** The owner's repositories can't be listed: those that are met later may have been there since then. Answers since when. */
  holdOwner(owner: string): Promise<number>;
  setOwner(owner: string, atMs: number): Promise<void>;
  /** Null: it is not known yet that the hook is ours. */
  ofHook(name: string): Promise<number | null>;
  setRepository(name: string, atMs: number): Promise<void>;
  setHook(name: string, atMs: number): Promise<void>;
  /** Null: no pass was cut off. */
  cursorOf(hookName: string): Promise<Cursor | null>;
  setCursor(hookName: string, cursor: Cursor | null): Promise<void>;
  /** Ends the pass. */
  setPass(atMs: number): Promise<void>;
}

type Notes = Pick<Engine, 'readMark' | 'writeMark' | 'readNote' | 'writeNote'>;

const BEGIN = 'recovery/begin';
const PASS = 'recovery/pass';

/** The marks as a pass that starts at `nowMs` finds them. */
export async function openCheckpoints(notes: Notes, nowMs: number): Promise<Checkpoints> {
  // GitHub tells whole seconds.
  const beginMs = await readOrSet(BEGIN, Math.floor(nowMs / 1000) * 1000);
  const passMs = await notes.readMark(PASS);
  const lastPassMs = passMs ?? beginMs;
  const ofRepository = (name: string) => `repository/${name.toLowerCase()}`;
  const ofOwner = (owner: string) => `owner/${owner.toLowerCase()}`;

  async function readOrSet(name: string, byDefault: number): Promise<number> {
    const known = await notes.readMark(name);
    if (known === null) await notes.writeMark(name, byDefault);
    return known ?? byDefault;
  }

  return {
    beginMs,
    isFirst: passMs === null,
    async ofRepository(name) {
      const listedMs = await notes.readMark(ofOwner(name.split('/')[0] ?? ''));
      return readOrSet(ofRepository(name), Math.min(lastPassMs, listedMs ?? lastPassMs));
    },
    ofOwner: (owner) => notes.readMark(ofOwner(owner)),
    holdOwner: (owner) => readOrSet(ofOwner(owner), lastPassMs),
    setOwner: (owner, atMs) => notes.writeMark(ofOwner(owner), atMs),
    ofHook: (name) => notes.readMark(`hook/${name}`),
    setRepository: (name, atMs) => notes.writeMark(ofRepository(name), atMs),
    setHook: (name, atMs) => notes.writeMark(`hook/${name}`, atMs),
    async cursorOf(hookName) {
      const note = await notes.readNote(`hook/${hookName}`);
      return note === null ? null : (JSON.parse(note) as Cursor);
    },
    setCursor: (hookName, cursor) =>
      notes.writeNote(`hook/${hookName}`, cursor === null ? null : JSON.stringify(cursor)),
    setPass: (atMs) => notes.writeMark(PASS, atMs),
  };
}

/** A time of which everything is known. */
export interface Coverage {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The repositories of which something may be missing, each from its mark on, until the pass has read it. */
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

  /** Closes the gaps that begin in the time, or the part of them that it covers. */
  async cover({ sinceMs, untilMs }: Coverage, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const checkpointMs = this.#open.get(name);
      if (checkpointMs !== undefined && sinceMs <= checkpointMs && checkpointMs < untilMs)
        await this.#close(name, untilMs);
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
    await this.#checkpoints.setRepository(name, untilMs);
    this.#report.reached(name, untilMs);
  }
}
