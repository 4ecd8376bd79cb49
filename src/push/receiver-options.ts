import type { LabelPair } from '../domain/sample.ts';
import type { Network } from '../outbound/network.ts';

/**
 * `victoriametrics`: its import of the Prometheus text format. `remote_write`: Prometheus' remote write 1.0.
 */
export type PushProtocol = 'victoriametrics' | 'remote_write';

/** Headers that the request itself needs; a setting for them could only break it. */
export const OWN_HEADERS =
  /^(connection|transfer-encoding|expect|te|upgrade|content-(type|encoding|length))$/i;

/** The options of a receiver. */
export interface ReceiverOptions {
  /** As `completeReceiverUrl` takes it; may contain user info. */
  readonly url: string;
  readonly protocol: PushProtocol;
  /** Added to every sample that has no label of that name. */
  readonly extraLabels: readonly LabelPair[];
  /** Sent with every request, for example `X-Scope-OrgID`. Values count as secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Takes precedence over the URL's user info. */
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  /** Takes precedence over both. */
  readonly bearerToken: string | null;
  readonly network: Network;
  /** For each request, from its start to the last byte of the response. */
  readonly timeoutMs: number;
  /** ant-watcher's version. */
  readonly version: string;
}
