import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../simulator/random.ts';
import type { Letter } from '../resender.ts';
import { headersOf } from '../service.ts';
import { exchange } from './exchange.ts';

export interface HookOptions {
  readonly letters: readonly Letter[];
  /** In front of all replicas. */
  readonly url: string;
  /** Those of the replicas that run. */
  readonly replicaUrls: () => readonly string[];
  readonly random: Random;
  readonly senders: number;
  /** The share of letters that reach two replicas at the same instant. */
  readonly doubled: number;
}

export interface HookCounts {
  accepted: number;
  /** Sent to two replicas at once. */
  doubled: number;
  /** Answered 503, or by a balancer that had no answer. */
  refused: number;
  unanswered: number;
}

/** Nobody who works is away for so long. */
const LONGEST_MS = 180_000;

/** GitHub: what it does not hear 202 about it delivers again, under the same id, until it does. */
export class Hook {
  readonly counts: HookCounts = { accepted: 0, doubled: 0, refused: 0, unanswered: 0 };
  readonly #options: HookOptions;
  #allowed = 0;
  #next = 0;

  constructor(options: HookOptions) {
    this.#options = options;
  }

  /** So many letters may be sent. */
  allow(count: number): void {
    this.#allowed = Math.max(this.#allowed, Math.floor(count));
  }

  /** Resolves when all are accepted, which takes until all are allowed. */
  async run(): Promise<void> {
    const { letters, senders } = this.#options;
    const sender = async () => {
      while (this.#next < letters.length) {
        const letter = this.#next < this.#allowed ? letters[this.#next] : undefined;
        if (letter === undefined) {
          await sleep(5);
          continue;
        }
        this.#next += 1;
        await this.#send(letter);
        this.counts.accepted += 1;
      }
    };
    await Promise.all(Array.from({ length: senders }, sender));
  }

  async #send(letter: Letter): Promise<void> {
    const { url, replicaUrls, random, doubled } = this.#options;
    const isDoubled = random.chance(doubled);
    const urls = replicaUrls();
    const one = isDoubled ? urls[random.int(0, urls.length - 1)] : undefined;
    const other = urls.find((each) => each !== one);
    if (one === undefined || other === undefined) return this.#deliver(letter, url, url);
    this.counts.doubled += 1;
    await Promise.all([this.#deliver(letter, one, url), this.#deliver(letter, other, url)]);
  }

  /** `again`: where it is sent after a failure. */
  async #deliver({ event, guid, body }: Letter, first: string, again: string): Promise<void> {
    const startedAtMs = performance.now();
    const headers = headersOf(event, guid, body);
    for (let url = first; ; url = again) {
      const answer = await exchange(url, { method: 'POST', headers, body });
      if (answer?.status === 202) return;
      if (answer === null) this.counts.unanswered += 1;
      else if ([502, 503, 504].includes(answer.status)) this.counts.refused += 1;
      else throw new Error(`answered ${answer.status}: ${answer.text}`);
      if (performance.now() - startedAtMs > LONGEST_MS) throw new Error(`${guid} is not accepted`);
      await sleep(this.#options.random.int(50, 500));
    }
  }
}
