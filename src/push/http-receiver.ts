import type { SendOutcome } from '../domain/send-outcome.ts';
import type { Payload, WireFormat } from '../outbound/wire-format.ts';
import type { HttpSender } from './http-sender.ts';
import type { Receiver, Sending } from './receiver.ts';

export interface HttpReceiverOptions<Entry> {
  readonly sender: HttpSender;
  readonly format: WireFormat<Entry>;
  /** Makes a server's message fit to be shown. */
  readonly writeReason: (text: string) => string;
}

const SENT: SendOutcome = { kind: 'sent' };
const REFUSES_EMPTY =
  'it refuses a request without content as well: does it take this protocol, and its compression?';

/** Sends entries by HTTP in the format of a protocol. */
export class HttpReceiver<Entry> implements Receiver<Entry> {
  readonly #options: HttpReceiverOptions<Entry>;
  /** It has taken something, so it knows the protocol. */
  #isRight = false;

  constructor(options: HttpReceiverOptions<Entry>) {
    this.#options = options;
  }

  async send(entries: readonly Entry[], signal?: AbortSignal): Promise<Sending> {
    const { format } = this.#options;
    if (entries.length === 0) return { count: 0, outcome: SENT };
    const encoded = await format.encode(entries);
    if (encoded.problem !== null) return { count: 1, outcome: unsendable(encoded.problem) };
    const { count, payload } = encoded;
    const outcome = await this.post(payload, signal);
    if (outcome.kind === 'sent') this.#isRight = true;
    return { count, outcome: outcome.kind === 'rejected' ? await this.#doubted(outcome, signal) : outcome };
  }

  /** One request, whatever is in it. */
  async post(payload: Payload, signal?: AbortSignal): Promise<SendOutcome> {
    const { sender, format, writeReason } = this.#options;
    const outcome = format.outcomeOf(await sender.post(payload, format.headers, signal));
    if (outcome.kind !== 'sent') return { ...outcome, reason: writeReason(outcome.reason) };
    const { rejected } = outcome;
    return rejected === undefined
      ? outcome
      : { ...outcome, rejected: { ...rejected, reason: writeReason(rejected.reason) } };
  }

  /**
   * As many as there are, one after the other. The first that fails ends it and is the outcome; of those that are
   * taken in part, the last one is told.
   */
  async postAll(
    payloads: Iterable<Payload> | AsyncIterable<Payload>,
    signal?: AbortSignal,
  ): Promise<SendOutcome> {
    let taken: SendOutcome = SENT;
    for await (const payload of payloads) {
      const outcome = await this.post(payload, signal);
      if (outcome.kind !== 'sent') return outcome;
      if (outcome.rejected !== undefined) taken = outcome;
    }
    return taken;
  }

  async close(): Promise<void> {
    await this.#options.sender.close();
  }

  /** Nothing may be given up because a receiver does not understand the requests at all. */
  async #doubted(outcome: SendOutcome & { kind: 'rejected' }, signal?: AbortSignal): Promise<SendOutcome> {
    const { format } = this.#options;
    if (this.#isRight || format.encodeEmpty === undefined) return outcome;
    const answer = await this.post(await format.encodeEmpty(), signal);
    if (answer.kind === 'rejected' || answer.kind === 'too_large')
      return { kind: 'refused', reason: outcome.reason, hint: REFUSES_EMPTY };
    this.#isRight = answer.kind === 'sent';
    return this.#isRight ? outcome : answer;
  }
}

function unsendable(problem: string): SendOutcome {
  return { kind: 'rejected', reason: `It was not sent: ${problem}.` };
}
