import type { Network } from '../outbound/network.ts';

/** One endpoint. */
export interface EndpointOptions {
  /** Known by it in metrics and in the outbox. */
  readonly name: string;
  /** A base URL, or the URL of any signal; may contain user info. */
  readonly url: string;
  /** Sent with every request. Values count as secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Network;
}

/** The endpoints, how they are spoken to, and what is sent to them. */
export interface OtlpOptions {
  readonly endpoints: readonly EndpointOptions[];
  readonly encoding: 'protobuf' | 'json';
  readonly compression: 'gzip' | 'none';
  /** For each request, from its start to the last byte of the response. */
  readonly timeoutMs: number;
  /** ant-watcher's version. */
  readonly version: string;
  /** Where GitHub's pages are: `https://github.com`. */
  readonly webUrl: string;
  readonly traces: TraceOptions;
  /** 0: no metrics are sent. */
  readonly metricsIntervalMs: number;
  /** Which part of our own requests and passes is sent as traces, from 0 to 1. */
  readonly ownTraces: number;
}

/** Which traces are sent, what they look like, and the limits of what waits. */
export interface TraceOptions {
  /** Whether any are. */
  readonly isOn: boolean;
  readonly ids: 'check-run' | 'legacy' | 'grafana';
  readonly style: 'semconv' | 'githubreceiver';
  readonly steps: 'ran' | 'all' | 'failed' | 'none';
  /** Of one job: later ones are left out. */
  readonly maxSteps: number;
  /** In one request; a job that has more goes alone. */
  readonly batchSpans: number;
  readonly runs: 'all' | 'default_branch' | 'failed';
  /** Whether spans say who started a run and who wrote its commit. */
  readonly people: boolean;
  /** The `service.name`, in which `{repository}`, `{owner}` and `{workflow}` stand for what they name. */
  readonly serviceName: string;
  readonly maxAgeMs: number;
  readonly maxSizeBytes: number;
}
