import {
  BACKFILL_WISH,
  type Backfill,
  type BackfillRequest,
  type BackfillStatus,
  type BackfillWish,
  isUnderWay,
  NO_BACKFILL,
} from '../domain/backfill.ts';
import type { Clock, Engine } from '../domain/contracts.ts';

/** The leader looks and answers within some seconds. */
const ANSWERED_MS = 15_000;

/** A backfill that the process that leads reads, as another one asks for it. */
export class RemoteBackfill implements Backfill {
  readonly #engine: Pick<Engine, 'writeNote'>;
  readonly #clock: Clock;
  readonly #heard: () => BackfillStatus | null;
  #startedAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Pick<Engine, 'writeNote'>, clock: Clock, heard: () => BackfillStatus | null) {
    this.#engine = engine;
    this.#clock = clock;
    this.#heard = heard;
  }

  async start(request: BackfillRequest): Promise<boolean> {
    if (isUnderWay(this.status())) return false;
    await this.#wish({ start: request });
    this.#startedAtMs = this.#clock();
    return true;
  }

  stop(): Promise<void> {
    this.#startedAtMs = Number.NEGATIVE_INFINITY;
    return this.#wish('stop');
  }

  status(): BackfillStatus {
    const heard = this.#heard() ?? NO_BACKFILL;
    const isAwaited = this.#clock() - this.#startedAtMs < ANSWERED_MS && !isUnderWay(heard);
    return isAwaited ? { ...NO_BACKFILL, state: 'estimating' } : heard;
  }

  #wish(wish: BackfillWish): Promise<void> {
    return this.#engine.writeNote(BACKFILL_WISH, JSON.stringify(wish));
  }
}
