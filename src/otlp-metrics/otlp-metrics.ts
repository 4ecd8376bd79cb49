import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Logger, Meter } from '../domain/contracts.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import { otlpOutcomeOf } from '../otlp/outcome.ts';
import { signalPath } from '../otlp/signal-path.ts';
import { completeUrl } from '../outbound/endpoint-url.ts';
import type { Payload, WireFormat } from '../outbound/wire-format.ts';
import { HttpReceiver } from '../push/http-receiver.ts';
import { openSender } from '../push/open-sender.ts';
import type { Named } from '../push/receiver.ts';
import { type SnapshotReceiver, SnapshotSender } from '../push/snapshot-sender.ts';
import type { OtlpFamily } from './families.ts';
import { snapshotRequests } from './requests.ts';
import { resourceOf } from './resource.ts';

/** Requests as they are sent: what encodes and compresses them is the same for all endpoints. */
type Bodies = readonly Payload[];

type MetricsReceiver = SnapshotReceiver<Bodies> & Pick<HttpReceiver<never>, 'close'>;

const compress = promisify(gzip);

interface OtlpMetricsParts {
  readonly meter: Meter;
  readonly logger: Logger;
}

/** Nothing is sent yet. Throws `config_invalid` for endpoints that can't work. */
export function openOtlpMetrics(options: OtlpOptions, parts: OtlpMetricsParts): OtlpMetrics {
  return new OtlpMetrics(options, openReceivers(options), parts);
}

function openReceivers(options: OtlpOptions): Named<MetricsReceiver>[] {
  return options.endpoints.map(({ name, ...endpoint }) => {
    const { timeoutMs, version } = options;
    const connection = { ...endpoint, timeoutMs, version, basicAuth: null, bearerToken: null };
    const way = openSender(connection, completeUrl(endpoint.url, signalPath('metrics')));
    const receiver = new HttpReceiver({ ...way, format: formatOf(options) });
    return {
      sink: name,
      receiver: {
        snapshot: (bodies, _, signal) => receiver.postAll(bodies, signal),
        close: () => receiver.close(),
      },
    };
  });
}

/** Its entries are requests that are complete. */
function formatOf({ encoding, compression }: OtlpOptions): WireFormat<Payload> {
  return {
    headers: {
      'Content-Type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      ...(compression === 'gzip' && { 'Content-Encoding': 'gzip' }),
    },
    fit: () => ({ count: 1, problem: null }),
    encode: async ([payload]) => payload ?? { body: new Uint8Array() },
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
      bodies.push({ body: await this.#compressed(body) });
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

  async #compressed(body: Uint8Array): Promise<Uint8Array> {
    return this.#options.compression === 'gzip' ? compress(body, { level: constants.Z_BEST_SPEED }) : body;
  }
}
