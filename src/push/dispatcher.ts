import { EVENTS } from '../domain/catalogue.ts';
import type { Clock, Logger, Meter, Outbox, Receiver } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import { isJobMetric, pairsOf } from '../domain/job-numbers.ts';
import { countOf } from '../domain/metric.ts';
import type { SampleBatch, Settlement } from '../domain/outbox.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Sample, SendOutcome } from '../domain/sample.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { retryWhileUnavailable } from '../timing/retry.ts';
import { type Sleep, sleep } from '../timing/sleep.ts';
import { firstPace, nextPace, type Pace, type PaceLimits, type PaceStep } from './pace.ts';
import { sampleProblem } from './sample-problem.ts';

export interface DispatcherOptions extends PaceLimits {
  /** Its name in the outbox and in the label `sink`. */
  readonly sink: string;
  readonly outbox: Outbox;
  readonly receiver: Receiver;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long samples wait for more of them to share a request. */
  readonly batchAgeMs: number;
  /** When the receiver last took samples from the one before this. */
  readonly lastSentAtMs?: number | null;
  readonly random?: () => number;
  readonly sleep?: Sleep;
}

const STORE_WAIT_MS = 1000;

/** What a receiver last said when it took nothing. */
export interface SendProblem {
  readonly kind: string;
  readonly reason: string;
  readonly atMs: number;
}

/**
 * Sends what waits in the outbox for one sink, in order and one request at a time, so that the samples of a series never
 * overtake one another. Samples leave the outbox once the receiver took them, or said that it never will.
 */
export class Dispatcher {
  readonly sink: string;
  /** Rejects on a bug, which ends the process; resolves after `close`. */
  readonly done: Promise<void>;
  readonly #options: DispatcherOptions;
  /** Ends the request under way, and everything. */
  readonly #abort = new AbortController();
  /** Ends every wait: what there is goes now. */
  readonly #hurry = new AbortController();
  /** There may be one for each sample. */
  readonly #rejections: SparingLog;
  #pace: Pace;
  /** Nothing more is read than what is under way. */
  #isLast = false;
  #lastSentAtMs: number | null;
  #lastProblem: SendProblem | null = null;

  constructor(options: DispatcherOptions) {
    this.sink = options.sink;
    this.#options = options;
    const write = (fields: object) => options.logger.error('samples_rejected', fields);
    this.#rejections = new SparingLog(write, 60_000, options.clock);
    this.#pace = firstPace(options);
    this.#lastSentAtMs = options.lastSentAtMs ?? null;
    this.done = this.#run();
  }

  get lastSentAtMs(): number | null {
    return this.#lastSentAtMs;
  }

  get lastProblem(): SendProblem | null {
    return this.#lastProblem;
  }

  /** Sends what waits, for at most so long or until the receiver does not take it, and stops; the rest stays stored. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#abort.abort(), graceMs);
    this.#hurry.abort();
    try {
      await this.done;
    } finally {
      clearTimeout(timer);
      this.#rejections.close();
      await this.#options.receiver.close();
    }
  }

  /** Ends as `close` does, but after the request under way: who comes next sends the rest. */
  async handOver(graceMs: number): Promise<void> {
    this.#isLast = true;
    await this.close(graceMs);
  }

  async #run(): Promise<void> {
    const { outbox, batchAgeMs } = this.#options;
    while (!this.#abort.signal.aborted && !this.#isLast) {
      const { size } = this.#pace;
      const batch = await this.#untilStored(() => outbox.readSamples(this.sink, size));
      if (batch === null) return;
      const isEmpty = batch.samples.length === 0;
      if (isEmpty && this.#hurry.signal.aborted) return;
      const isSent = !isEmpty && (await this.#deliver(batch));
      // What comes within that time shares the next request.
      if (isEmpty || (isSent && batch.samples.length < size)) await this.#sleep(batchAgeMs);
    }
  }

  /**
   * Trouble of the store passes, and nothing is lost by waiting for it; above all, nothing is sent again because the store can't
   * note that it was sent. Null: the service stops before it has passed.
   */
  #untilStored<T>(work: () => Promise<T>): Promise<T | null> {
    const { logger } = this.#options;
    return retryWhileUnavailable(work, {
      waitMs: () => STORE_WAIT_MS,
      signal: this.#hurry.signal,
      sleep: this.#options.sleep,
      onFailure: (err, attempt) => {
        const fields = { sink: this.sink, err };
        if (attempt === 1) logger.error('sending_paused', fields);
      },
    });
  }

  /** Answers whether the receiver took them. */
  async #deliver(batch: SampleBatch): Promise<boolean> {
    const { receiver, meter, random = Math.random } = this.#options;
    const { sink } = this;
    const { samples, named, endSeq, problem } = sendable(batch);
    const outcome = problem === null ? await receiver.send(named, this.#abort.signal) : unsendable(problem);
    const isSent = outcome.kind === 'sent';
    // What was cut off at the end is sent again by the next start.
    if (this.#abort.signal.aborted && !isSent) return false;
    meter.add([countOf(SELF.pushRequests, [sink, outcome.kind])]);
    const verdict = nextPace(this.#pace, outcome, samples.length, this.#options, random());
    this.#tell(outcome, verdict, samples);
    this.#pace = verdict.pace;
    if (verdict.settle !== null) {
      const rest = isSent ? { dead: [] } : { dead: samples, reason: outcome.reason };
      await this.#settle({ sink, endSeq, outcome: verdict.settle, ...rest });
    }
    if (outcome.kind === 'retry' || outcome.kind === 'refused') {
      if (this.#hurry.signal.aborted) this.#abort.abort();
      else await this.#sleep(verdict.waitMs);
    }
    return isSent;
  }

  async #settle(settlement: Settlement): Promise<void> {
    const isSettled = await this.#untilStored(async () => {
      await this.#options.outbox.settleSamples(settlement);
      return true;
    });
    if (isSettled === null) this.#abort.abort();
  }

  /** One line for each trouble, not for each attempt or sample. */
  #tell(outcome: SendOutcome, { settle, waitMs }: PaceStep, samples: readonly EventSample[]): void {
    const { logger, clock } = this.#options;
    const { sink } = this;
    const isRepeated = this.#pace.attempts > 0;
    if (outcome.kind === 'sent') {
      if (isRepeated) logger.info('Receiver accepts samples again', { sink });
      this.#lastSentAtMs = clock();
      return;
    }
    const { kind, reason } = outcome;
    const isNew = !isRepeated || kind !== this.#lastProblem?.kind || reason !== this.#lastProblem.reason;
    this.#lastProblem = { kind, reason, atMs: clock() };
    const hint = 'hint' in outcome ? { hint: outcome.hint } : {};
    const fields = { sink, reason, ...hint, waitMs: Math.round(waitMs) };
    if (settle === 'rejected') {
      this.#rejections.log({ sink, reason, first: samples[0] }, { count: samples.length });
    } else if (kind === 'refused' && isNew) {
      logger.error('receiver_refuses', fields);
    } else if (kind === 'retry' && !isRepeated) {
      logger.warn('receiver_unavailable', fields);
    }
  }

  /** Ends early when the service stops. */
  #sleep(ms: number): Promise<void> {
    const { sleep: wait = sleep } = this.#options;
    return wait(ms, this.#hurry.signal);
  }
}

const LABEL_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(EVENTS).map(({ name, labels }) => [name, labels]),
);

/** The sample with the names of its labels. One of a metric that this version does not have keeps its values, numbered. */
function namedSample({ metric, labels, value, atMs }: EventSample): Sample {
  if (isJobMetric(metric)) return { metric, value, atMs, labels: pairsOf(labels) };
  const names = LABEL_NAMES.get(metric) ?? [];
  return {
    metric,
    value,
    atMs,
    labels: labels.map((text, index) => [names[index] ?? `label_${index}`, text]),
  };
}

/** What goes in one request, as it is stored and as it is sent; or one bad sample alone, with what is wrong with it. */
interface Sendable extends SampleBatch {
  readonly named: readonly Sample[];
  readonly problem: string | null;
}

/** Of a batch, what can go in one request: the samples before the first bad one, or that one. */
function sendable({ samples, endSeq }: SampleBatch): Sendable {
  const named = samples.map(namedSample);
  const problems = named.map(sampleProblem);
  const bad = problems.findIndex((problem) => problem !== null);
  const count = bad === -1 ? samples.length : Math.max(1, bad);
  return {
    samples: samples.slice(0, count),
    named: named.slice(0, count),
    endSeq: endSeq - samples.length + count,
    problem: bad === 0 ? (problems[0] ?? null) : null,
  };
}

function unsendable(problem: string): SendOutcome {
  return { kind: 'rejected', reason: `It was not sent: ${problem}.` };
}
