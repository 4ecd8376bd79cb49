import { REMOTE_WRITE } from './remote-write/protocol.ts';
import type { SampleProtocol } from './samples/sample-protocol.ts';
import { VICTORIA_METRICS } from './victoriametrics/protocol.ts';

/** The protocols of samples, by the names that settings have for them. */
export const PROTOCOLS = {
  victoriametrics: VICTORIA_METRICS,
  remote_write: REMOTE_WRITE,
} as const satisfies Record<string, SampleProtocol>;

export type PushProtocol = keyof typeof PROTOCOLS;
