import type { Logger, Meter } from '../domain/contracts.ts';
import { openEndpoint } from '../otlp/open-endpoint.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { otlpOutcomeOf } from '../otlp/outcome.ts';
import { requestHeaders, requestOf } from '../otlp/request.ts';
import { takesSignal } from '../otlp/signal-path.ts';
import type { Payload, WireFormat } from '../outbound/wire-format.ts';
import type { HttpReceiver } from '../push/http-receiver.ts';
import type { Named } from '../push/receiver.ts';
import { type SnapshotReceiver, SnapshotSender } from '../push/snapshot-sender.ts';
import type { OtlpFamily } from './families.ts';
import { snapshotRequests } from './requests.ts';
import { resourceOf } from './resource.ts';

/** Requests as they are sent: what encodes and compresses them is the same for all endpoints. */
type Bodies = readonly Payload[];

type MetricsReceiver = SnapshotReceiver<Bodies> & Pick<HttpReceiver<never>, 'close'>;

interface OtlpMetricsParts {
  readonly meter: Meter;
  readonly logger: Logger;
}

/** Nothing is sent yet. Throws `config_invalid` for endpoints that can't work. */
export function openOtlpMetrics(options: OtlpOptions, parts: OtlpMetricsParts): OtlpMetrics {
  return new OtlpMetrics(options, openReceivers(options), parts);
}

function openReceivers(options: OtlpOptions): Named<MetricsReceiver>[] {
  const endpoints = options.endpoints.filter(({ url }) => takesSignal(url, 'metrics'));
  return endpoints.map((endpoint) => {
    const receiver = openEndpoint(endpoint, 'metrics', formatOf(options), options);
    return {
      sink: endpoint.name,
      receiver: {
        snapshot: (bodies, _, signal) => receiver.postAll(bodies, signal),
        close: () => receiver.close(),
      },
    };
  });
}

/** Its entries are requests that are complete. */
function formatOf(options: OtlpOptions): WireFormat<Payload> {
  return {
    headers: requestHeaders(options),
    encode: async ([payload = { body: new Uint8Array() }]) => ({ count: 1, payload, problem: null }),
    outcomeOf: otlpOutcomeOf,
  };
}

/** Sends all metrics to the endpoints, as of one moment after the other. What is not taken is superseded. */
export class OtlpMetrics {
  readonly #options: OtlpOptions;
  readonly #receivers: readonly Named<MetricsReceiver>[];
  readonly #sender: SnapshotSender<Bodies>;

  constructor(
    options: OtlpOptions,
    receivers: readonly Named<MetricsReceiver>[],
    { meter, logger }: OtlpMetricsParts,
  ) {
    this.#options = options;
    this.#receivers = receivers;
    this.#sender = new SnapshotSender(receivers, meter, logger);
  }

  /** Begins to send; resolves once all is encoded, between other work. */
  async send(families: readonly OtlpFamily[], atMs: number): Promise<void> {
    const { encoding, webUrl, traces } = this.#options;
    const ofKey = (key: string) => resourceOf(key, { webUrl, serviceName: traces.serviceName });
    const bodies: Payload[] = [];
    for await (const body of snapshotRequests(families, { atMs, encoding, resourceOf: ofKey }))
      bodies.push(await requestOf(body, this.#options));
    this.#sender.send(bodies, atMs);
  }

  /** As `SnapshotSender.end`. */
  end(): Promise<void> {
    return this.#sender.end();
  }

  async close(): Promise<void> {
    await this.end();
    await Promise.all(this.#receivers.map(({ receiver }) => receiver.close()));
  }
}
