import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';

/** A delivery on its way to the service. */
export interface Letter {
  readonly event: string;
  readonly guid: string;
  /** JSON text. */
  readonly body: string;
}

/** An answer that asks to come again later. */
export interface Refusal {
  readonly text: string;
  readonly headers: Headers;
}

/** Sends letters by several concurrent senders, and those not answered 202 again. */
export class Resender {
  readonly #service: Service;
  readonly #senders: number;
  readonly #next: () => Letter | undefined;
  /** Sent, but not answered 202. GitHub would show these as failed. */
  #unanswered: Letter[] = [];
  #accepted = 0;
  #refusal: Refusal | undefined;

  /** `next` returns the letters one after the other, and undefined when there is none for now. */
  constructor(service: Service, senders: number, next: () => Letter | undefined) {
    this.#service = service;
    this.#senders = senders;
    this.#next = next;
  }

  /** Letters that were answered 202. They are never sent again. */
  get accepted(): number {
    return this.#accepted;
  }

  get unanswered(): number {
    return this.#unanswered.length;
  }

  /** The latest answer 503. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Sends, unanswered letters first, until there is nothing left or the service no longer answers. */
  async run(): Promise<void> {
    const sender = async () => {
      for (let letter = this.#take(); letter !== undefined; letter = this.#take()) {
        if (!(await this.#isAccepted(letter))) return;
      }
    };
    await Promise.all(Array.from({ length: this.#senders }, sender));
  }

  /** `run`, for a running service: throws when not everything was accepted. */
  async finish(): Promise<void> {
    await this.run();
    if (this.#unanswered.length > 0) throw new Error(`${this.#unanswered.length} deliveries got no answer.`);
  }

  #take(): Letter | undefined {
    return this.#unanswered.shift() ?? this.#next();
  }

  async #isAccepted(letter: Letter): Promise<boolean> {
    const { event, guid, body } = letter;
    const answer = await this.#service.post(event, body, { guid }).catch(() => undefined);
    if (answer?.status === 202) {
      this.#accepted++;
      return true;
    }
    this.#unanswered.push(letter);
    if (answer?.status === 503) this.#refusal = answer;
    if (answer === undefined || answer.status === 503) return false;
    throw new Error(`answered ${answer.status}: ${answer.text}`);
  }
}

/** Resolves once so many letters are accepted; sending must not end before. */
export async function hasAccepted(resender: Resender, count: number, running: Promise<void>): Promise<void> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  running.then(end, end);
  while (resender.accepted < count) {
    assert.ok(!hasEnded, `sending ended after ${resender.accepted} deliveries`);
    await sleep(1);
  }
}
