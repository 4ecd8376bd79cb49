import type { Logger, Meter } from '../domain/contracts.ts';
import { countOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { WorkSpan } from '../domain/work-span.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { openEndpoint } from '../otlp/open-endpoint.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { takesSignal } from '../otlp/signal-path.ts';
import type { Named, Receiver } from '../push/receiver.ts';
import { repeatEvery } from '../timing/repeat.ts';
import type { Sleep } from '../timing/sleep.ts';
import { UNDER_WAY } from '../timing/traced.ts';
import { WaitingSpans } from './waiting-spans.ts';
import { WorkSpans } from './work-spans.ts';
import { workTraceFormat } from './work-trace-format.ts';

interface OwnTracesParts {
  readonly meter: Meter;
  readonly logger: Logger;
  readonly sleep?: Sleep;
}

const EVERY_MS = 5000;
/** For what waits at the end. */
const CLOSE_MS = 1000;
const OUTCOMES = ['sent', 'failed', 'left_out'] as const;

/** Nothing is sent yet. Throws `config_invalid` for endpoints that can't work. */
export function openOwnTraces(options: OtlpOptions, parts: OwnTracesParts): OwnTraces {
  const endpoints = options.ownTraces > 0 ? options.endpoints : [];
  const takers = endpoints.filter(({ url }) => takesSignal(url, 'traces'));
  const receivers = takers.map((endpoint) => ({
    sink: endpoint.name,
    receiver: openEndpoint(endpoint, 'traces', workTraceFormat(options), options),
  }));
  return new OwnTraces(receivers.length === 0 ? 0 : options.ownTraces, receivers, parts);
}

/**
 * Sends spans of our own work to every endpoint that takes traces, seconds after they ended: a share of this thread's, and what others
 * add. They are not kept: what an endpoint does not take at once is lost, and counted.
 */
export class OwnTraces {
  readonly #receivers: readonly Named<Receiver<WorkSpan>>[];
  readonly #meter: Meter;
  readonly #failures: SparingLog;
  readonly #ending = new AbortController();
  readonly #listener: WorkSpans;
  readonly #sending: ReturnType<typeof repeatEvery> | null;
  readonly #waiting = new WaitingSpans();

  constructor(
    share: number,
    receivers: readonly Named<Receiver<WorkSpan>>[],
    { meter, logger, sleep }: OwnTracesParts,
  ) {
    this.#receivers = receivers;
    this.#meter = meter;
    this.#failures = new SparingLog((fields) => logger.warn('own_traces_not_sent', fields), null);
    const sinks = receivers.map(({ sink }) => sink);
    meter.add(zerosOf(SELF.ownSpans, sinks, OUTCOMES));
    this.#listener = new WorkSpans({ share, onSpan: (span) => this.add([span]) });
    this.#sending = share === 0 ? null : repeatEvery(EVERY_MS, () => this.#sendAll(), { sleep });
  }

  /** As `WaitingSpans.add`. */
  add(spans: readonly WorkSpan[], leftOut = 0): void {
    this.#waiting.add(spans, leftOut);
  }

  /** Sends what waits, within a second, and stops. */
  async close(): Promise<void> {
    this.#listener.close();
    const timer = setTimeout(() => this.#ending.abort(), CLOSE_MS);
    await this.#sending?.close();
    await this.#sendAll();
    clearTimeout(timer);
    await Promise.all(this.#receivers.map(({ receiver }) => receiver.close()));
  }

  async #sendAll(): Promise<void> {
    const taken = this.#waiting.take();
    if (taken === null) return;
    const { spans, leftOut } = taken;
    // Sending is no work to be traced: its spans would have to be sent, and so on.
    await UNDER_WAY.run(null, () =>
      Promise.all(this.#receivers.map((each) => this.#sendTo(each, spans, leftOut))),
    );
  }

  async #sendTo(
    { sink, receiver }: Named<Receiver<WorkSpan>>,
    spans: readonly WorkSpan[],
    leftOut: number,
  ): Promise<void> {
    const counts = { sent: 0, failed: 0, left_out: leftOut };
    for (let rest = spans; rest.length > 0; ) {
      const { count, outcome } = await receiver.send(rest, this.#ending.signal);
      rest = rest.slice(count);
      const failure = outcome.kind === 'sent' ? outcome.rejected : { ...outcome, count };
      // What a server says that it left out may be more than there was.
      const failed = Math.min(failure?.count ?? 0, count);
      counts.failed += failed;
      counts.sent += count - failed;
      if (failure === undefined) this.#failures.end(sink);
      else this.#failures.log({ sink, reason: failure.reason }, { key: sink });
    }
    this.#meter.add(OUTCOMES.map((outcome) => countOf(SELF.ownSpans, [sink, outcome], counts[outcome])));
  }
}
