import type { Clock, Logger } from '../domain/contracts.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { Monotonic } from '../timing/monotonic.ts';
import type { PaceStep } from './pace.ts';
import type { Stream } from './stream.ts';

/** Why a receiver last accepted nothing. */
export interface SendProblem {
  readonly kind: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface SendLogOptions<Entry> {
  readonly sink: string;
  readonly stream: Stream<Entry>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When the receiver last accepted something from the previous dispatcher. */
  readonly lastSentAtMs?: number | null;
  readonly monotonic?: Monotonic;
}

/** What was sent, for the log. */
interface Logged<Entry> {
  readonly first: Entry | undefined;
  /** How many samples or spans. */
  readonly count: number;
}

/** Remembers and logs how sending to one receiver goes: one line for each problem, not for each attempt or entry. */
export class SendLog<Entry> {
  readonly #options: SendLogOptions<Entry>;
  /** There may be one for each entry. */
  readonly #rejections: SparingLog;
  #lastSentAtMs: number | null;
  #lastProblem: SendProblem | null = null;
  /** The latest answers have been the problem that was last logged. */
  #isInTrouble = false;

  constructor(options: SendLogOptions<Entry>) {
    this.#options = options;
    const { logger, stream, monotonic } = options;
    this.#rejections = new SparingLog(
      (fields) => logger.error(stream.rejectedEvent, fields),
      60_000,
      monotonic,
    );
    this.#lastSentAtMs = options.lastSentAtMs ?? null;
  }

  get lastSentAtMs(): number | null {
    return this.#lastSentAtMs;
  }

  get lastProblem(): SendProblem | null {
    return this.#lastProblem;
  }

  /** Notes the outcome of a request. `sent`: null if the receiver took it before. */
  note(outcome: SendOutcome, step: PaceStep, sent: Logged<Entry> | null): void {
    if (outcome.kind === 'sent') this.#noteSent(outcome, sent);
    else this.#noteProblem(outcome, step, sent);
    this.#isInTrouble = step.pace.attempts > 0;
  }

  /** Logs what is left to be logged. */
  close(): void {
    this.#rejections.close();
  }

  #noteSent({ rejected }: SendOutcome & { kind: 'sent' }, sent: Logged<Entry> | null): void {
    const { sink, stream, logger, clock } = this.#options;
    if (this.#isInTrouble) logger.info(`Receiver accepts ${stream.unit} again`, { sink });
    if (rejected !== undefined) {
      const count = Math.min(rejected.count, sent?.count ?? rejected.count);
      this.#rejections.log({ sink, reason: rejected.reason }, { count });
    }
    this.#lastSentAtMs = clock();
  }

  #noteProblem(
    outcome: Exclude<SendOutcome, { kind: 'sent' }>,
    { settle, waitMs }: PaceStep,
    sent: Logged<Entry> | null,
  ): void {
    const { sink, stream, logger, clock } = this.#options;
    const { kind, reason } = outcome;
    const before = this.#isInTrouble ? this.#lastProblem : null;
    this.#lastProblem = { kind, reason, atMs: clock() };
    const hint = 'hint' in outcome ? { hint: outcome.hint } : {};
    const fields = { sink, reason, ...hint, waitMs: Math.round(waitMs) };
    if (settle === 'rejected') {
      if (sent?.first !== undefined)
        this.#rejections.log({ sink, reason, first: stream.brief(sent.first) }, { count: sent.count });
    } else if (kind === 'refused' && (kind !== before?.kind || reason !== before.reason)) {
      logger.error('receiver_refuses', fields);
    } else if (kind === 'retry' && before === null) {
      logger.warn('receiver_unavailable', fields);
    }
  }
}
