import type { SimulatedDelivery } from '../../simulator/deliveries.ts';
import type { Random } from '../../simulator/random.ts';
import type { DeliveryLog } from '../../simulator/rest/delivery-log.ts';
import { type Outcome, signRequest } from '../../simulator/signed-request.ts';
import { sleep } from '../../src/timing/sleep.ts';
import { type Answer, exchange } from '../../test/replicas/exchange.ts';
import type { Way } from './demo.ts';

export interface CourierOptions {
  readonly secret: string;
  /** In front of all replicas. */
  readonly url: string;
  /** Of each replica that runs. */
  readonly replicaUrls: () => readonly string[];
  readonly random: Random;
}

type Log = Pick<DeliveryLog, 'record'>;

/** What all replicas must show, once everything sent is answered. */
export interface Truth {
  deliveries: number;
  endedJobs: number;
}

/** The share of deliveries that reach two replicas at the same moment. */
const DOUBLED = 0.1;
const AGAIN_AFTER_MS = 200;
const LOOK_EVERY_MS = 20;

/** Takes deliveries to the replicas. What gets no 202 is sent again under the same id, as by GitHub's redelivery. */
export class Courier {
  readonly truth: Truth = { deliveries: 0, endedJobs: 0 };
  sentToTwo = 0;
  sentAgain = 0;
  readonly #options: CourierOptions;
  #underWay = 0;
  #holds = 0;
  #isClosed = false;
  #changed = Promise.withResolvers<void>();

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** How many are not answered yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** For deliveries of which at most `most` are under way. Their outcomes are recorded in the log, if there is one. */
  way(most: number, log?: Log): Way {
    let underWay = 0;
    const roomFor = async (isRoom: () => boolean) => {
      while (!this.#isClosed && !isRoom()) await this.#changed.promise;
    };
    return {
      send: async (delivery) => {
        await roomFor(() => this.#holds === 0 && underWay < most);
        underWay += 1;
        void this.#take(delivery, log, () => {
          underWay -= 1;
        });
      },
      settle: () => roomFor(() => underWay === 0),
    };
  }

  /** Sends nothing new while `work` is done, which begins when everything is answered, or after `patienceMs`. */
  async whileQuiet<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
    const lateMs = Date.now() + patienceMs;
    this.#holds += 1;
    try {
      while (this.#underWay > 0 && Date.now() < lateMs) await sleep(LOOK_EVERY_MS);
      return await work();
    } finally {
      this.#holds -= 1;
      this.#tell();
    }
  }

  /** Nothing is sent from now on. */
  close(): void {
    this.#isClosed = true;
    this.#tell();
  }

  async #take(delivery: SimulatedDelivery, log: Log | undefined, onAnswered: () => void): Promise<void> {
    if (this.#isClosed) return;
    this.#underWay += 1;
    await this.#deliver(delivery, log);
    this.#underWay -= 1;
    onAnswered();
    this.#tell();
  }

  async #deliver(delivery: SimulatedDelivery, log: Log | undefined): Promise<void> {
    const { event, guid, body, endsJob } = delivery;
    const { url, secret } = this.#options;
    const request = signRequest({ event, guid, body: body() }, secret, false);
    const post = async (to: string) => {
      const sentMs = Date.now();
      const answer = await exchange(to, { ...request, method: 'POST' });
      log?.record(delivery, outcomeOf(answer, Date.now() - sentMs), sentMs);
      return answer;
    };
    const two = this.#twoReplicas();
    if (two.length > 1) this.sentToTwo += 1;
    let answers = await Promise.all((two.length > 1 ? two : [url]).map(post));
    while (!answers.every(isAccepted)) {
      if (this.#isClosed) return;
      this.sentAgain += 1;
      await sleep(AGAIN_AFTER_MS);
      answers = [await post(url)];
    }
    this.truth.deliveries += 1;
    if (endsJob) this.truth.endedJobs += 1;
  }

  /** Now and then two of those that run. */
  #twoReplicas(): readonly string[] {
    const { random, replicaUrls } = this.#options;
    if (!random.chance(DOUBLED)) return [];
    const urls = replicaUrls();
    const first = random.int(0, urls.length);
    return [...urls.slice(first), ...urls.slice(0, first)].slice(0, 2);
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function outcomeOf(answer: Answer | null, tookMs: number): Outcome {
  if (answer === null) return { status: null, error: 'ECONNRESET', tookMs, headers: {}, body: '' };
  return { status: answer.status, error: null, tookMs, headers: {}, body: answer.text };
}

function isAccepted(answer: Answer | null): boolean {
  return answer?.status === 202;
}
