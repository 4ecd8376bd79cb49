import type { Clock } from '../domain/contracts.ts';
import type { Monotonic } from './monotonic.ts';
import { type SharedTime, ThreadTime } from './service-time.ts';

/** Where a time came from. */
export type Witness = 'github' | 'deliveries' | 'suspension' | 'machine' | 'store';

export interface TimeKeeperOptions {
  /** The machine's clock, which may be wrong and may be set at any time. */
  readonly wall: Clock;
  readonly monotonic: Monotonic;
  /** As `uptimeMs`. */
  readonly uptime: Monotonic;
  readonly shared: SharedTime;
  /** Whether GitHub can be asked what time it is. */
  readonly canAsk: () => boolean;
  /** The machine's clock was set, or the machine was suspended. */
  readonly onStep: (byMs: number) => void;
  /** The time that the service works with has changed. */
  readonly onCorrection: (byMs: number, witness: Witness) => void;
}

/** What is not further apart is the same time: clocks differ, and answers take a while. */
export const TOLERANCE_MS = 30_000;
/** The kernel adds the same to both clocks when it resumes. Some systems count the uptime in whole seconds. */
const SAME_MS = 2000;
/** A delivery that is not older was sent just now. */
const FRESH_MS = 120_000;
/** A system clock without confirmation or contradiction is trusted after so long. */
const PATIENCE_MS = 10 * 60_000;
/** So is what a machine's clock has shown from the start, if it was never set; and GitHub's against it. */
const ENDURANCE_MS = 24 * 3_600_000;
/** So many different runs are believed against the clock: a single one may have damaged times. */
const ENOUGH = 3;
const REMEMBERED = 64;

/**
 * Decides what time it is. It goes by the monotonic clock from where the machine's clock stood at the start,
 * follows that clock while it moves by little, and looks for witnesses when it steps: the uptime, which shows that the
 * machine was suspended; the `Date` of GitHub's answers, which are right where GitHub itself gave them; and the times in
 * signed deliveries, which have passed. All times in here are distances from the monotonic clock, so that two of them
 * can be compared whenever they were taken.
 */
export class TimeKeeper {
  readonly time: ThreadTime;
  readonly #options: TimeKeeperOptions;
  readonly #startedAtMs: number;
  /** When the time was last corrected, or the start. */
  #settledAtMs: number;
  /** Of the time that the service works with, and how much of that are corrections. */
  #offsetMs: number;
  #correctedMs = 0;
  /** Of the machine's clock, when it was last read. */
  #wallMs: number;
  /** Of the uptime, when it was last read: how long the machine was suspended since its start. */
  #uptimeMs: number;
  #steps = 0;
  /** The machine's clock shows the same time, and is followed where it moves by little. */
  #follows = true;
  /** It was followed, or is not and will not be until it is set again. */
  #isJudged = true;
  #doubtSinceMs = 0;
  /** GitHub was asked since the machine's clock last stepped. */
  #isConfirmed = false;
  /** Something has shown that the time was right. */
  #isSupported = false;
  /** What GitHub's last answer said, if it was something else. */
  #contradictionMs: number | null = null;
  /** Before the machine's clock was followed without a witness. */
  #formerMs: number | null = null;
  /** Runs that speak for `#formerMs`, or the machine's clock, and runs that speak against that. */
  readonly #forOther = new Set<unknown>();
  readonly #againstWall = new Set<unknown>();
  /** Runs that are ahead of the time, by how much. */
  readonly #ahead = new Map<unknown, number>();

  constructor(options: TimeKeeperOptions) {
    const { wall, monotonic, uptime, shared } = options;
    this.#options = options;
    this.#startedAtMs = monotonic();
    this.#settledAtMs = this.#startedAtMs;
    this.#wallMs = wall() - this.#startedAtMs;
    this.#uptimeMs = uptime() - this.#startedAtMs;
    this.#offsetMs = this.#wallMs;
    shared.offsetMs = this.#offsetMs;
    this.time = new ThreadTime(shared, monotonic);
  }

  /** How far the machine's clock is ahead of the time that the service works with. */
  get wallAheadMs(): number {
    return this.#wallMs - this.#offsetMs;
  }

  /** GitHub has confirmed the time since the machine's clock last stepped. */
  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  /** Looks at the machine's clock. Call it each second or so. */
  tick(): void {
    const { wall, monotonic, uptime } = this.#options;
    const nowMs = monotonic();
    const movedMs = wall() - nowMs - this.#wallMs;
    const suspendedMs = uptime() - nowMs - this.#uptimeMs;
    this.#wallMs += movedMs;
    this.#uptimeMs += suspendedMs;
    if (Math.abs(movedMs) >= TOLERANCE_MS) {
      if (Math.abs(movedMs - suspendedMs) <= SAME_MS) this.#resumed(movedMs);
      else this.#stepped(movedMs, nowMs);
    } else if (this.#follows) this.#slew(movedMs);
    if (!this.#follows) this.#judgeWall(nowMs);
    const hasEndured = this.#steps === 0 && this.#follows && nowMs - this.#startedAtMs >= ENDURANCE_MS;
    if (hasEndured && this.#options.shared.provenMs === null) this.#prove(this.#offsetMs);
  }

  /** GitHub's answer, which came just now, has this time. Two of them are believed against any clock. */
  heard(dateMs: number): void {
    // It may have been on its way for a while.
    const heardMs = dateMs - this.#options.monotonic();
    if (isNear(this.#offsetMs, heardMs)) {
      this.#confirm(heardMs);
      return;
    }
    const before = this.#contradictionMs;
    this.#contradictionMs = heardMs;
    if (before === null || !isNear(before, heardMs)) return;
    const rightMs = Math.max(before, heardMs);
    const { shared } = this.#options;
    if ((shared.provenMs ?? rightMs) > rightMs) shared.provenMs = rightMs;
    this.#settle(isNear(this.#wallMs, rightMs) ? this.#wallMs : rightMs, 'github');
    this.#confirm(heardMs);
  }

  /** A delivery about this run was signed, and has this time in it: it is at least that late. */
  signed(atMs: number, run: unknown): void {
    const signedMs = atMs - this.#options.monotonic();
    if (signedMs > this.#offsetMs + TOLERANCE_MS) {
      this.#signedAhead(signedMs, run);
      return;
    }
    this.#proveBySignature(signedMs);
    if (this.#offsetMs - signedMs <= FRESH_MS) this.#supported(signedMs, run);
    else this.#contradicted(signedMs, run);
  }

  /** What an earlier process had proven. */
  remember(provenMs: number): void {
    const rememberedMs = provenMs - this.#options.monotonic();
    if (this.#offsetMs < rememberedMs) this.#settle(rememberedMs, 'store');
    this.#prove(rememberedMs);
  }

  /** The machine was suspended. Its clock shows what it showed before and the time since, right or wrong. */
  #resumed(forMs: number): void {
    this.#forgetAnswers();
    const byMs = Math.round(forMs);
    if (this.#formerMs !== null) this.#formerMs += byMs;
    this.#correct(byMs);
    this.#options.onStep(byMs);
    this.#options.onCorrection(byMs, 'suspension');
  }

  #stepped(byMs: number, nowMs: number): void {
    this.#steps += 1;
    this.#forgetAnswers();
    this.#follows = false;
    this.#isJudged = false;
    this.#doubtSinceMs = nowMs;
    this.#againstWall.clear();
    this.#options.onStep(byMs);
  }

  /** Whether to follow a machine's clock that shows another time. */
  #judgeWall(nowMs: number): void {
    if (isNear(this.#wallMs, this.#offsetMs)) {
      this.#follows = true;
      this.#isJudged = true;
      this.#slew(this.#wallMs - this.#offsetMs);
      return;
    }
    if (this.#isJudged) return;
    const isWaitedFor = this.#options.canAsk() || this.#isSupported;
    if (isWaitedFor && nowMs - this.#doubtSinceMs < PATIENCE_MS) return;
    if (this.#wallMs < (this.#options.shared.provenMs ?? this.#wallMs) - TOLERANCE_MS) return;
    const formerMs = this.#offsetMs;
    this.#settle(this.#wallMs, 'machine');
    this.#formerMs = formerMs;
    this.#isSupported = false;
  }

  /** The time may be right: a delivery has just been signed, by it. */
  #supported(signedMs: number, run: unknown): void {
    this.#isSupported = true;
    this.#forOther.clear();
    if (this.#isJudged || isFresh(signedMs, this.#wallMs)) return;
    // By a machine's clock that is behind it could not have been signed yet.
    if (this.#wallMs > signedMs) this.#againstWall.add(run);
    if (this.#wallMs < signedMs || this.#againstWall.size >= ENOUGH) this.#isJudged = true;
  }

  /** The delivery is old, or was signed just now by another clock, and then the time is wrong. */
  #contradicted(signedMs: number, run: unknown): void {
    const otherMs = this.#formerMs ?? this.#wallMs;
    if (this.#isConfirmed || !isFresh(signedMs, otherMs)) return;
    this.#forOther.add(run);
    if (this.#forOther.size >= ENOUGH) this.#settle(otherMs, 'deliveries');
  }

  /** The time is behind, or times in the delivery are damaged. */
  #signedAhead(signedMs: number, run: unknown): void {
    if (this.#isConfirmed) return;
    if (isFresh(signedMs, this.#wallMs)) {
      this.#settle(this.#wallMs, 'deliveries');
      this.#proveBySignature(signedMs);
      return;
    }
    this.#ahead.set(run, Math.max(signedMs, this.#ahead.get(run) ?? signedMs));
    if (this.#ahead.size > REMEMBERED) this.#ahead.delete(this.#ahead.keys().next().value);
    const latestMs = [...this.#ahead.values()].sort((a, b) => b - a)[ENOUGH - 1];
    if (latestMs !== undefined && latestMs > this.#offsetMs) this.#settle(latestMs, 'deliveries');
  }

  /** What deliveries alone show makes nothing old: their times may be damaged. The machine has to show it too. */
  #proveBySignature(signedMs: number): void {
    this.#prove(Math.min(signedMs, this.#wallMs));
  }

  #forgetAnswers(): void {
    this.#isConfirmed = false;
    this.#contradictionMs = null;
  }

  #confirm(heardMs: number): void {
    this.#contradictionMs = null;
    this.#isConfirmed = true;
    this.#isSupported = true;
    this.#formerMs = null;
    this.#proveByGitHub(heardMs);
    if (!isNear(this.#wallMs, this.#offsetMs)) this.#isJudged = true;
  }

  /** A server may have a wrong clock for a while: until it has lasted, the machine has to show the time too. */
  #proveByGitHub(heardMs: number): void {
    const hasLasted = this.#options.monotonic() - this.#settledAtMs >= ENDURANCE_MS;
    this.#prove(hasLasted ? heardMs : Math.min(heardMs, this.#wallMs));
  }

  /** Never more than the time itself. */
  #prove(provenMs: number): void {
    const { shared } = this.#options;
    const knownMs = shared.provenMs ?? Number.NEGATIVE_INFINITY;
    shared.provenMs = Math.max(knownMs, Math.min(provenMs, this.#offsetMs));
  }

  /** From now on this is the time, or what is proven, if that is later. */
  #settle(toMs: number, witness: Witness): void {
    const laterMs = Math.max(toMs, this.#options.shared.provenMs ?? toMs);
    const byMs = Math.round(laterMs - this.#offsetMs);
    this.#correct(byMs);
    this.#settledAtMs = this.#options.monotonic();
    this.#formerMs = null;
    this.#forOther.clear();
    this.#ahead.clear();
    this.#isJudged = true;
    this.#follows = isNear(this.#wallMs, this.#offsetMs);
    this.#options.onCorrection(byMs, witness);
  }

  #correct(byMs: number): void {
    this.#offsetMs += byMs;
    this.#correctedMs += byMs;
    this.time.correct(byMs);
  }

  #slew(byMs: number): void {
    this.#offsetMs += byMs;
    this.#options.shared.offsetMs = this.#offsetMs - this.#correctedMs;
  }
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) < TOLERANCE_MS;
}

/** Whether something was signed just now, if that is the time. */
function isFresh(signedMs: number, offsetMs: number): boolean {
  return signedMs < offsetMs + TOLERANCE_MS && offsetMs - signedMs <= FRESH_MS;
}
