import type { LabelPair } from '../domain/sample.ts';
import type { Network } from '../outbound/network.ts';

/** `victoriametrics` is its import of the Prometheus text format, `remote_write` is Prometheus' remote write 1.0. */
export type PushProtocol = 'victoriametrics' | 'remote_write';

/** What to open a receiver with. */
export interface ReceiverOptions {
  /** As `completeReceiverUrl` takes it; may hold user info. */
  readonly url: string;
  readonly protocol: PushProtocol;
  /** Put on every sample that has no label of that name. */
  readonly extraLabels: readonly LabelPair[];
  /** Sent with every request, for example `X-Scope-OrgID`. Values count as secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Goes before the URL's user info. */
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  /** Goes before both. */
  readonly bearerToken: string | null;
  readonly network: Network;
  /** For each request, from its begin to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Of ant-watcher. */
  readonly version: string;
}
